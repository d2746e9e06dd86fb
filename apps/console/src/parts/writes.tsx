// Write availability over the last ten minutes: the sentence, the chart (loaded apart), and its table by minute.
import type { ClusterHistory, ClusterView } from '@petrov/core/wire';
import { lazy, Suspense, useMemo } from 'react';
import { formatClock, formatCount } from '../words/index.ts';
import type { WritePoint } from './write-chart.tsx';

const Chart = lazy(async () => ({ default: (await import('./write-chart.tsx')).WriteChart }));
const WINDOW_MS = 600_000;

type Props = { readonly history: ClusterHistory; readonly newest: ClusterView['writes']; readonly nowMs: number };

export function Writes({ history, newest, nowMs }: Props) {
  const points = useMemo(() => withNewest(history.writes, newest), [history.writes, newest]);
  if (points.length === 0) {
    return <p className="soft s">No client canary reports writes here, so whether users are hurt is unknown.</p>;
  }
  const fromMs = nowMs - WINDOW_MS;
  return (
    <div className="stack">
      <p className="s">{sentenceOf(points, nowMs)}</p>
      <Suspense fallback={<div className="write-chart" />}>
        <Chart points={points} fromMs={fromMs} untilMs={nowMs} />
      </Suspense>
      <p className="row xs soft" aria-hidden="true">
        <span className="key ok">acknowledged a second</span>
        <span className="key failed">failed a second</span>
        <span>gap: nobody reported</span>
      </p>
      <details>
        <summary className="disclose">As a table, by minute</summary>
        <MinuteTable points={points} />
      </details>
    </div>
  );
}

function MinuteTable({ points }: { readonly points: readonly WritePoint[] }) {
  const minutes = Map.groupBy(points, (point) => Math.floor(point.atMs / 60_000));
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">minute from</th>
          <th scope="col">acknowledged</th>
          <th scope="col">failed</th>
          <th scope="col">seconds without a write</th>
        </tr>
      </thead>
      <tbody>
        {[...minutes].toReversed().map(([minute, group]) => (
          <tr key={minute}>
            <th scope="row">{formatClock(minute * 60_000)}</th>
            <td>{formatCount(group.reduce((sum, point) => sum + point.succeeded, 0))}</td>
            <td>{formatCount(group.reduce((sum, point) => sum + point.failed, 0))}</td>
            <td>{group.filter((point) => point.succeeded === 0).length}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function withNewest(points: readonly WritePoint[], newest: ClusterView['writes']): readonly WritePoint[] {
  if (newest === undefined) return points;
  const last = points.at(-1);
  return last !== undefined && last.atMs >= newest.atMs ? points : [...points, newest];
}

function sentenceOf(points: readonly WritePoint[], nowMs: number): string {
  const last = points.at(-1);
  const down = points.filter((point) => point.succeeded === 0 && point.failed > 0).length;
  const before = down === 0 ? 'no second without a write in ten minutes' : `${down} s without a write in ten minutes`;
  if (last === undefined || nowMs - last.atMs > 10_000) return `Nobody reports writes at present; ${before}.`;
  if (last.succeeded === 0) return `No client write succeeds: ${last.failed} failed in the newest second; ${before}.`;
  const failing = last.failed === 0 ? 'none fail' : `${last.failed} failed`;
  return `${last.succeeded} writes acknowledged in the newest second, ${failing}; ${before}.`;
}
