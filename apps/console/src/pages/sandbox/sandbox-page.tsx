// Break things on purpose: faults of the database, faults of our view of it, and what the pager received.
import type { Session } from '@petrov/core/wire';
import { Empty } from '../../parts/notice.tsx';
import { PageHead } from '../../parts/page.tsx';
import { FaultPanel } from './fault-panel.tsx';
import { Inbox } from './inbox.tsx';

export function SandboxPage({ session }: { readonly session: Session }) {
  if (!session.hasSandbox) {
    return (
      <div className="stack">
        <PageHead title="There is no sandbox here." tab="Sandbox" />
        <Empty title="Nothing can be broken from this console">
          <p>
            This controller guards real clusters. A sandbox belongs to a process that built its own: run{' '}
            <code>petrov up</code> on a machine of yours.
          </p>
        </Empty>
      </div>
    );
  }
  return (
    <div className="stack wide">
      <PageHead
        title="Break it, and see what Petrov makes of it."
        tab="Sandbox"
        lead="Real Postgres servers in namespaces of their own. Half of these faults break the database, half only our view of it: Petrov should propose for the first and refuse for the second."
      />
      <FaultPanel role={session.user.role} />
      <Inbox />
    </div>
  );
}
