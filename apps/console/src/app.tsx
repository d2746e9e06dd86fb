// Which page answers which address; nobody signed in sees the sign-in page instead, and comes back afterwards.
import { lazy, Suspense } from 'react';
import { Redirect, Route, Switch, useLocation } from 'wouter';
import { useSession } from './api/queries.ts';
import { ClusterPage } from './pages/cluster/cluster-page.tsx';
import { FleetPage } from './pages/fleet/fleet-page.tsx';
import { ProposalPage } from './pages/decision/proposal-page.tsx';
import { SignInPage } from './pages/sign-in/sign-in-page.tsx';
import { Failure, Waiting } from './parts/notice.tsx';
import { PageHead } from './parts/page.tsx';
import { Shell } from './shell/shell.tsx';

const RunPage = lazy(async () => ({ default: (await import('./pages/run/run-page.tsx')).RunPage }));
const ProposalsPage = lazy(async () => ({
  default: (await import('./pages/proposals/proposals-page.tsx')).ProposalsPage,
}));
const RecordPage = lazy(async () => ({ default: (await import('./pages/record/record-page.tsx')).RecordPage }));
const SandboxPage = lazy(async () => ({ default: (await import('./pages/sandbox/sandbox-page.tsx')).SandboxPage }));

export function App() {
  const [path] = useLocation();
  const session = useSession();
  if (path === '/sign-in') return <SignInPage session={session.data ?? null} />;
  if (session.isPending) return <Waiting what="your session" />;
  if (session.isError) return <Unreachable error={session.error} onRetry={() => void session.refetch()} />;
  const signedIn = session.data;
  if (signedIn === null) return <Redirect to={`/sign-in?next=${encodeURIComponent(path)}`} replace />;
  return (
    <Shell session={signedIn}>
      <Suspense fallback={<Waiting what="the page" />}>
        <Switch>
          <Route path="/" component={FleetPage} />
          <Route path="/clusters/:id">{({ id }) => <ClusterPage key={id} id={id} session={signedIn} />}</Route>
          <Route path="/proposals">
            <ProposalsPage />
          </Route>
          <Route path="/proposals/:id">{({ id }) => <ProposalPage key={id} id={id} />}</Route>
          <Route path="/runs/:id">{({ id }) => <RunPage key={id} id={id} />}</Route>
          <Route path="/record">
            <RecordPage />
          </Route>
          <Route path="/sandbox">
            <SandboxPage session={signedIn} />
          </Route>
          <Route>
            <PageHead
              title="There is no page here."
              lead="The address may be from an older page. Everything starts at Fleet."
            />
          </Route>
        </Switch>
      </Suspense>
    </Shell>
  );
}

function Unreachable({ error, onRetry }: { readonly error: unknown; readonly onRetry: () => void }) {
  return (
    <main className="stack">
      <PageHead title="The console can't reach the controller." />
      <Failure error={error} onRetry={onRetry} />
      <p className="soft s measure">
        If the controller itself is down nothing is promoted meanwhile. At its host, “petrov status” tells what it
        knows.
      </p>
    </main>
  );
}
