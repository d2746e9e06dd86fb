// The life of a proposal: each row of the table leads where it says, nothing else leads anywhere, ended is ended, and what a
// state must carry is carried.
import { describe, expect, it } from 'vitest';
import type { DecisionRecord } from '../approval/index.ts';
import {
  advance,
  type Change,
  endedStates,
  findTransition,
  isEnded,
  type Proposal,
  type ProposalState,
  stateSays,
  transitions,
} from './index.ts';

const digests = { plan: 'p', evidenceFor: 'f', evidenceAgainst: 'a', policy: 'y' };
const decision = {
  id: 'd',
  kind: 'approve',
  revision: 1,
  digests,
  atMs: 5,
  reason: 'because',
} as unknown as DecisionRecord; // its inside isn't read here
const revision = { number: 1, atMs: 1, digests, changes: [], words: 'x' } as unknown as Proposal['revision'];
const common = {
  id: 'orders-p1',
  cluster: 'orders',
  environment: 'production',
  episode: 'e',
  openedAtMs: 1,
  expiresAtMs: 9,
  revision,
  decisions: [],
};
const ran = { approval: decision, startBeforeMs: 8, run: 'r1' };
const of: { readonly [S in ProposalState]: Extract<Proposal, { state: S }> } = {
  open: { ...common, state: 'open' },
  approved: { ...common, approval: decision, startBeforeMs: 8, state: 'approved' },
  executing: { ...common, ...ran, state: 'executing' },
  promoted: { ...common, ...ran, promotedAtMs: 7, state: 'promoted' },
  stuck: { ...common, ...ran, stuckSinceMs: 7, because: 'x', state: 'stuck' },
  succeeded: { ...common, ...ran, endedAtMs: 9, because: 'x', state: 'succeeded' },
  abandoned: { ...common, ...ran, endedAtMs: 9, because: 'x', state: 'abandoned' },
  failed: { ...common, ...ran, endedAtMs: 9, because: 'x', state: 'failed' },
  rejected: { ...common, endedAtMs: 9, because: 'x', state: 'rejected' },
  expired: { ...common, endedAtMs: 9, because: 'x', state: 'expired' },
  withdrawn: { ...common, endedAtMs: 9, because: 'x', state: 'withdrawn' },
  superseded: { ...common, endedAtMs: 9, because: 'x', state: 'superseded' },
};
const states = Object.keys(of) as ProposalState[];
const changes: readonly Change[] = [
  { event: 'revise', revision: { ...revision, number: 2 }, expiresAtMs: 20 },
  { event: 'hold', decision, heldUntilMs: 30 },
  { event: 'approve', decision, startBeforeMs: 40 },
  { event: 'start', run: 'r1' },
  { event: 'promote', atMs: 50 },
  { event: 'get-stuck', atMs: 50, because: 'why' },
  { event: 'resume' },
  ...(['reject', 'expire', 'withdraw', 'supersede', 'fail', 'succeed', 'abandon'] as const).map((event) => ({
    event,
    atMs: 60,
    because: 'why',
  })),
];

describe('the table', () => {
  it('knows each pair of state and event once, and each state has its sentence', () => {
    const pairs = transitions.map((row) => `${row.from} ${row.event}`);
    expect(new Set(pairs).size).toBe(pairs.length);
    expect(Object.keys(stateSays).sort()).toEqual([...states].sort());
  });

  it('leads to every state from open, and out of no ended one', () => {
    const reached = new Set<ProposalState>(['open']);
    for (let grew = true; grew; ) {
      const size = reached.size;
      for (const row of transitions) if (reached.has(row.from)) reached.add(row.to);
      grew = reached.size > size;
    }
    expect([...reached].sort()).toEqual([...states].sort());
    expect(transitions.filter((row) => isEnded(row.from))).toEqual([]);
    const last = states.filter((s) => !transitions.some((row) => row.from === s));
    expect(last.sort()).toEqual([...endedStates].sort());
  });

  it('reaches a run only through an approval, and a promotion only through a run', () => {
    const into = (to: ProposalState) =>
      transitions.filter((row) => row.to === to && row.from !== to).map((row) => row.from);
    expect(into('executing').sort()).toEqual(['approved', 'stuck']);
    expect(into('promoted')).toEqual(['executing']);
    expect(into('approved')).toEqual(['open']);
  });
});

describe('advance', () => {
  const every = states.flatMap((state) => changes.map((change) => [state, change] as const));
  it.each(every)('from %s by %j is what the table says', (state, change) => {
    const row = findTransition(state, change.event);
    const advanced = advance(of[state], change);
    expect(advanced.ok).toBe(row !== undefined);
    if (!advanced.ok) {
      expect(advanced.says).toContain(`It cannot ${change.event} now.`);
      return;
    }
    expect(advanced.proposal.state).toBe(row?.to);
    const example = of[advanced.proposal.state];
    const optional = new Set(['heldUntilMs', 'heldBecause']);
    const missing = Object.keys(example).filter((key) => !optional.has(key) && !(key in advanced.proposal));
    expect(missing).toEqual([]);
  });

  it('keeps who decided, and what it was held for', () => {
    const held = advance(of.open, { event: 'hold', decision, heldUntilMs: 30 });
    expect(held.ok && held.proposal).toMatchObject({ heldUntilMs: 30, heldBecause: 'because', decisions: [decision] });
    const approved = held.ok ? advance(held.proposal, { event: 'approve', decision, startBeforeMs: 40 }) : held;
    expect(approved.ok && approved.proposal).toMatchObject({
      approval: decision,
      decisions: [decision, decision],
      heldUntilMs: 30,
    });
  });
});
