// Four figures that say how the cluster does at present; each with its unit, and its age where it can be old.
import type { ClusterView } from '@petrov/core/wire';
import { formatAge, formatBytes } from '../../words/index.ts';

export function ClusterFigures({ cluster, nowMs }: { readonly cluster: ClusterView; readonly nowMs: number }) {
  const { writes } = cluster;
  const behind = cluster.members.flatMap((member) => (member.behindBytes === undefined ? [] : [member.behindBytes]));
  const doubting = cluster.observers.filter((observer) => observer.doubt !== undefined).length;
  return (
    <dl className="figures">
      <div>
        <dt>Primary</dt>
        <dd>
          {cluster.primary ?? 'unknown'} <small>timeline {cluster.timeline ?? 'unknown'}</small>
        </dd>
      </div>
      <div>
        <dt>Client writes</dt>
        <dd>
          {writes === undefined ? 'unknown' : `${writes.succeeded}/s`}{' '}
          <small>
            {writes === undefined
              ? 'no canary'
              : `${writes.failed === 0 ? 'none' : writes.failed} failed, ${formatAge(writes.atMs, nowMs)}`}
          </small>
        </dd>
      </div>
      <div>
        <dt>Furthest behind</dt>
        <dd>{behind.length === 0 ? 'unknown' : formatBytes(Math.max(...behind))}</dd>
      </div>
      <div>
        <dt>Observers</dt>
        <dd>
          {cluster.observers.length} <small>{doubting === 0 ? 'none in doubt' : `${doubting} doubt themselves`}</small>
        </dd>
      </div>
    </dl>
  );
}
