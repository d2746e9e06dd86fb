// Whole recorded worlds: what every route answers in one situation. A world is made anew for each request, so that ages
// are those of now.
import {
  AuditPage,
  type AuditVerification,
  InboxView,
  SandboxView,
  Session,
  type ClusterView,
  type ProposalView,
  type RunView,
  type ClusterHistory,
  type ReadinessView,
} from '@petrov/core/wire';
import { clusterView, historyOf, type Situation } from './cluster-worlds.ts';
import { readinessOf } from './readiness-world.ts';
import { plannedProposal } from './planned-worlds.ts';
import { openProposal, ranProposal, rejectedProposal, type Role, runView } from './proposal-worlds.ts';

export type World = {
  readonly session: Session | undefined;
  readonly clusters: readonly ClusterView[];
  readonly history: ClusterHistory;
  readonly readiness: ReadinessView;
  readonly proposals: readonly ProposalView[];
  readonly runs: readonly RunView[];
  readonly audit: AuditPage;
  readonly verification: AuditVerification;
  readonly sandbox: SandboxView;
  readonly inbox: InboxView;
};
export type WorldName =
  | 'healthy'
  | 'blind'
  | 'open'
  | 'takes-two'
  | 'waits-for-second'
  | 'waits-for-another'
  | 'changed'
  | 'stale'
  | 'viewer'
  | 'running'
  | 'stuck'
  | 'succeeded'
  | 'rejoin'
  | 'switchover'
  | 'empty'
  | 'signed-out';

export function worldOf(name: WorldName, times: { readonly t0: number; readonly nowMs: number }): World {
  const role: Role = name === 'viewer' ? 'viewer' : 'approver';
  const shown = { ...times, role };
  const isEmpty = name === 'empty';
  const ended = rejectedProposal(shown);
  const proposals: readonly ProposalView[] = {
    healthy: [ended],
    blind: [ended],
    open: [openProposal(shown), ended],
    'takes-two': [openProposal({ ...shown, approvedBy: [] }), ended],
    'waits-for-second': [openProposal({ ...shown, approvedBy: ['u-2'] }), ended],
    'waits-for-another': [openProposal({ ...shown, approvedBy: ['u-1'] }), ended],
    viewer: [openProposal(shown), ended],
    changed: [openProposal({ ...shown, revision: 4 }), ended],
    stale: [openProposal({ ...shown, isFresh: false }), ended],
    running: [ranProposal(shown, 'executing'), ended],
    stuck: [ranProposal(shown, 'stuck'), ended],
    succeeded: [ranProposal(shown, 'succeeded'), ended],
    rejoin: [plannedProposal('rejoin', times), ended],
    switchover: [plannedProposal('switchover', times), ended],
    empty: [],
    'signed-out': [],
  }[name];
  return {
    session: name === 'signed-out' ? undefined : sessionOf(role, times.nowMs),
    clusters: isEmpty ? [] : [clusterView(situationOf(name), { ...times, isContradicted: name === 'changed' })],
    history: historyOf(situationOf(name), times),
    readiness: readinessOf(name, times.nowMs),
    proposals,
    runs: [runView(name === 'stuck' ? 'stuck' : name === 'succeeded' ? 'succeeded' : 'running', times)],
    audit: isEmpty ? { entries: [], total: 0 } : auditOf(times.t0),
    verification: { ok: true, entries: 5, says: 'The chain of 5 entries is whole, from the first to the last.' },
    sandbox: sandboxOf(name === 'blind' ? times.t0 : undefined),
    inbox: isEmpty ? { messages: [] } : inboxOf(times.t0),
  };
}

function situationOf(name: WorldName): Situation {
  if (name === 'blind') return 'blind';
  if (name === 'succeeded' || name === 'rejoin') return 'promoted';
  return name === 'healthy' || name === 'switchover' || name === 'empty' || name === 'signed-out'
    ? 'healthy'
    : 'killed';
}

function sessionOf(role: Role, nowMs: number): Session {
  return Session.parse({
    user: { id: 'u-1', name: 'Stanislav', role },
    signedInAtMs: nowMs - 60_000,
    expiresAtMs: nowMs + 3_600_000,
    hasSandbox: true,
    nowMs,
  });
}

function auditOf(t0: number): AuditPage {
  const person = { kind: 'person', id: 'u-1', name: 'Stanislav', via: 'console', proof: 'session' };
  const engine = { kind: 'engine', id: 'petrov', name: 'petrov' };
  const about = { cluster: 'orders', proposal: 'p-7' };
  const entry = (seq: number, code: string, says: string, rest: object) => ({
    seq,
    atMs: t0 + seq * 4_000,
    code,
    says,
    hash: `${seq}f3a9c1d2e4b5a69788796a5b4c3d2e1f00112233445566778899aabbccddeeff`.slice(0, 64),
    payload: {},
    ...rest,
  });
  return AuditPage.parse({
    entries: [
      entry(5, 'decision-approved', 'Stanislav approved: promote orders-2 in orders, revision 3.', {
        ...about,
        actor: person,
        payload: {
          reason: 'Kinds agree and users are hurt',
          revision: 3,
          decisiveItem: 'host/orders-1',
          capBytes: 65_536,
        },
      }),
      entry(4, 'page-sent', 'A page about orders was accepted by inbox.', {
        ...about,
        actor: engine,
        payload: { channel: 'inbox' },
      }),
      entry(3, 'proposal-opened', 'Petrov asks: promote orders-2 in orders?', {
        ...about,
        actor: engine,
        payload: { revision: 1 },
      }),
      entry(2, 'fault-injected', 'Stanislav broke the sandbox: kill orders-1.', {
        cluster: 'orders',
        actor: person,
        payload: { args: ['orders-1'] },
      }),
      entry(1, 'signed-in', 'Stanislav signed in by a one-time link.', { actor: { ...person, proof: 'link' } }),
    ],
    total: 5,
  });
}

function sandboxOf(cutAtMs: number | undefined): SandboxView {
  const cut = { name: 'cut', args: ['mon'] };
  return SandboxView.parse({
    site: 'demo',
    members: ['orders-1', 'orders-2', 'orders-3'].map((id) => ({ id, postgres: 'running' })),
    faults: [
      {
        name: 'kill',
        args: ['orders-1'],
        label: 'Kill the primary',
        breaks: 'database',
        summary: 'kill -9 of every Postgres process of orders-1.',
      },
      {
        name: 'freeze',
        args: ['orders-1'],
        label: 'Freeze the primary',
        breaks: 'database',
        summary: 'Stops its processes; TCP still connects, nothing answers.',
      },
      {
        name: 'restart',
        args: ['orders-1'],
        label: 'Restart the primary',
        breaks: 'database',
        summary: 'As a supervisor would: down for a moment, then back.',
      },
      {
        ...cut,
        label: 'Cut the monitoring network',
        breaks: 'view',
        summary: 'Witnesses lose the primary; clients and standbys do not.',
      },
      {
        name: 'silence',
        args: ['w-a'],
        label: 'Silence one witness',
        breaks: 'view',
        summary: 'w-a stops reporting: unseen, which is not down.',
      },
    ],
    active: cutAtMs === undefined ? [] : [{ ...cut, atMs: cutAtMs }],
  });
}

function inboxOf(t0: number): InboxView {
  return InboxView.parse({
    messages: [
      {
        id: 'msg_01k7p',
        receivedAtMs: t0 + 4_900,
        signatureOk: true,
        type: 'proposal.raised',
        body: {
          type: 'proposal.raised',
          timestamp: new Date(t0 + 4_200).toISOString(),
          data: {
            summary:
              'DECIDE: promote orders-2 in orders? 3 of 3 witnesses refused, standbys lost it. Against: none found. If nobody answers: stays down.',
          },
        },
      },
    ],
  });
}
