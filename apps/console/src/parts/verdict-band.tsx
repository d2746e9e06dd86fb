// The judgment over time: a band to look at, and the same as a list to read.
import type { ClusterHistory } from '@petrov/core/wire';
import { formatClock, formatSpan, markOfVerdict } from '../words/index.ts';
import { Mark } from './mark.tsx';

type Props = { readonly history: ClusterHistory; readonly nowMs: number };

export function VerdictBand({ history, nowMs }: Props) {
  const spans = spansOf(history, nowMs);
  if (spans.length === 0) return <p className="soft s">No judgment is kept for this time yet.</p>;
  return (
    <div className="stack">
      <div className="band" aria-hidden="true">
        {spans.map((span) => (
          <i
            key={span.fromMs}
            className={markOfVerdict(span.verdict).tone}
            style={{ flexGrow: Math.max(1, span.untilMs - span.fromMs) }}
          />
        ))}
      </div>
      <div className="row between xs soft" aria-hidden="true">
        <span>{formatClock(history.fromMs)}</span>
        <span>now</span>
      </div>
      <ol className="stack tight s" aria-label="Judgments, newest first">
        {spans
          .toReversed()
          .slice(0, 6)
          .map((span) => (
            <li key={span.fromMs} className="judgment">
              <span className="soft">{formatClock(span.fromMs)}</span>
              <Mark mark={markOfVerdict(span.verdict)} />
              <span className="soft">{span.headline}</span>
              <span className="soft">{formatSpan(span.untilMs - span.fromMs)}</span>
            </li>
          ))}
      </ol>
    </div>
  );
}

type Span = { readonly fromMs: number; readonly untilMs: number; readonly verdict: string; readonly headline: string };

/** Consecutive entries of one verdict are one span; the first may have begun before the window. */
function spansOf(history: ClusterHistory, nowMs: number): Span[] {
  const spans: Span[] = [];
  for (const [index, entry] of history.verdicts.entries()) {
    const untilMs = history.verdicts[index + 1]?.atMs ?? nowMs;
    const fromMs = Math.max(entry.atMs, history.fromMs);
    const last = spans.at(-1);
    if (last !== undefined && last.verdict === entry.verdict) spans[spans.length - 1] = { ...last, untilMs };
    else if (untilMs > fromMs) spans.push({ fromMs, untilMs, verdict: entry.verdict, headline: entry.headline });
  }
  return spans;
}
