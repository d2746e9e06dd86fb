// Navigation: what needs a person, the clusters with their verdict in a word, the pages, and who is signed in.
import type { Session } from '@petrov/core/wire';
import { useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link, useRoute } from 'wouter';
import { deleteJson } from '../api/client.ts';
import { useLiveState } from '../api/context.ts';
import { keys } from '../api/keys.ts';
import { useClusters, useProposals } from '../api/queries.ts';
import { Mark } from '../parts/mark.tsx';
import { markOfVerdict, needsPerson } from '../words/index.ts';

export function SideNav({ session }: { readonly session: Session }) {
  return (
    <nav className="side" aria-label="Main">
      <Brand />
      <Signed session={session} />
      <NeedsPerson />
      <Clusters />
      <div className="pages">
        <To href="/">Fleet</To>
        <To href="/proposals">Proposals</To>
        <To href="/record">Record</To>
        {session.hasSandbox && <To href="/sandbox">Sandbox</To>}
      </div>
    </nav>
  );
}

export function Brand() {
  return (
    <Link href="/" className="brand">
      <svg viewBox="0 0 20 20" aria-hidden="true">
        <circle cx="10" cy="8.5" r="4.5" fill="none" stroke="currentColor" strokeWidth="1.75" />
        <path d="M1.5 14.5h17M5 18h10" stroke="currentColor" strokeWidth="1.75" strokeLinecap="round" />
      </svg>
      Petrov
    </Link>
  );
}

function To({ href, children }: { readonly href: string; readonly children: ReactNode }) {
  const [isHere] = useRoute(href);
  return (
    <Link href={href} className="to" aria-current={isHere ? 'page' : undefined}>
      {children}
    </Link>
  );
}

function NeedsPerson() {
  const proposals = useProposals();
  const asked = (proposals.data ?? []).filter((view) => needsPerson(view.proposal.state));
  return (
    <div className="only-wide">
      <h2>Needs a person</h2>
      {asked.length === 0 && <p className="s faint">nothing now</p>}
      {asked.map(({ proposal }) => (
        <To key={proposal.id} href={`/proposals/${proposal.id}`}>
          <span className="tone-for">
            <span aria-hidden="true">▲ </span>
            {proposal.state === 'stuck'
              ? `${proposal.cluster} is stuck`
              : `Promote ${proposal.revision.plan.candidate}?`}
          </span>
        </To>
      ))}
    </div>
  );
}

function Clusters() {
  const clusters = useClusters();
  if (clusters.data === undefined || clusters.data.length === 0) return null;
  return (
    <div className="only-wide">
      <h2>Clusters</h2>
      {clusters.data.map((cluster) => (
        <To key={cluster.id} href={`/clusters/${cluster.id}`}>
          <span>{cluster.id}</span>
          <Mark mark={markOfVerdict(cluster.assessment.verdict)} />
        </To>
      ))}
    </div>
  );
}

const liveWords = { live: 'live', joining: 'connecting', gone: 'not live' } as const;

function Signed({ session }: { readonly session: Session }) {
  const cache = useQueryClient();
  const state = useLiveState();
  const signOut = async () => {
    await deleteJson('/session').catch(() => undefined); // signed out here in any case; the session ends by itself
    cache.clear();
    cache.setQueryData(keys.session, null);
  };
  return (
    <div className="session">
      <span>
        {session.user.name}, {session.user.role} · {liveWords[state]}
      </span>
      <button type="button" className="plain" onClick={() => void signOut()}>
        Sign out
      </button>
    </div>
  );
}
