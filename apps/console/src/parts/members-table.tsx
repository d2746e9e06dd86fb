// The members in numbers: role and condition, timeline, position, how far behind in bytes and in time.
import type { ClusterView, MemberView } from '@petrov/core/wire';
import { formatBytes, formatSpan } from '../words/index.ts';

export function MembersTable({ cluster }: { readonly cluster: ClusterView }) {
  return (
    <div className="scroll-x" role="region" aria-label="Members" tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">member</th>
            <th scope="col">role</th>
            <th scope="col">position</th>
            <th scope="col">behind</th>
          </tr>
        </thead>
        <tbody>
          {cluster.members.map((member) => (
            <tr key={member.id}>
              <th scope="row">
                <span className="whole">{member.id}</span>
                <span className="under">zone {member.zone}</span>
              </th>
              <td>
                {member.role}
                {member.sync && ', sync'}
                <span className="under">{member.condition}</span>
              </td>
              <td>
                <span className="mono">{positionOf(member) ?? 'unknown'}</span>
                <span className="under">timeline {member.timeline ?? 'unknown'}</span>
              </td>
              <td>{behindOf(member)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function positionOf(member: MemberView): string | undefined {
  return member.lsn ?? member.receivedLsn ?? member.replayedLsn;
}

function behindOf(member: MemberView): string {
  if (member.role === 'primary') return '–';
  if (member.behindBytes === undefined) return 'unknown';
  const age = member.lastMessageAgeMs;
  return age === undefined ? formatBytes(member.behindBytes) : `${formatBytes(member.behindBytes)}, ${formatSpan(age)}`;
}
