// What the sources say, as observations: the witnesses of whoever is the primary, the agents of their hosts, the standbys of
// their streams. All of a kind say the same.
import type { Observation } from '@petrov/core/observation';
import { CLUSTER, LSN, type Model, SYSTEM, WITNESSES } from './model.ts';
import type { TrueAnswer, Truth } from './truth.ts';

export type Hearing = 'failing' | 'unasked-failing' | 'living' | 'members-silent';

/** Whether the primary is out, by these words. */
export function isBad(says: Hearing): boolean {
  return says === 'failing' || says === 'unasked-failing';
}

export function observe({ nowMs, truth }: Model, says: Hearing): readonly Observation[] {
  const members = Object.keys(truth.servers).filter((id) => id === truth.leader || says !== 'members-silent');
  return [
    ...WITNESSES.map((by) => probePrimary({ by, nowMs, truth, says })),
    ...members.map((member): Observation => {
      const isUp = member === truth.leader ? !isBad(says) : truth.servers[member] === 'follows';
      const facts = { postgres: isUp ? ('running' as const) : ('absent' as const) };
      return { by: `agent:${member}`, cluster: CLUSTER, member, probe: 'host', outcome: 'ok', atMs: nowMs, facts };
    }),
    ...members
      .filter((member) => member !== truth.leader && truth.servers[member] === 'follows')
      .map((member) => askReceiver(member, { nowMs, truth, says })),
  ];
}

type Given = { readonly nowMs: number; readonly truth: Truth; readonly says: Hearing };

function probePrimary({ by, nowMs, truth, says }: Given & { readonly by: string }): Observation {
  const nonce = says === 'unasked-failing' ? undefined : truth.asked;
  return {
    by,
    cluster: CLUSTER,
    member: truth.leader,
    probe: 'sql',
    atMs: nowMs,
    latencyMs: 2,
    ...(nonce === undefined ? {} : { nonce }),
    ...(isBad(says)
      ? { outcome: 'refused' }
      : { outcome: 'ok', facts: { inRecovery: false, timeline: truth.timeline, lsn: LSN, systemId: SYSTEM } }),
  };
}

function askReceiver(member: string, { nowMs, truth, says }: Given): Observation {
  return {
    by: 'w-b',
    cluster: CLUSTER,
    member,
    probe: 'wal-receiver',
    outcome: 'ok',
    atMs: nowMs,
    facts: {
      status: isBad(says) ? 'connecting' : 'streaming',
      upstream: truth.leader,
      receivedLsn: LSN,
      replayedLsn: LSN,
      timeline: truth.timeline,
      systemId: SYSTEM,
    },
  };
}

/** What the invariants hold the engine's looks against. */
export function recordAnswers({ nowMs, truth }: Model, says: Hearing): Truth {
  const nonce = says === 'unasked-failing' ? undefined : truth.asked;
  const answers = WITNESSES.map((by): readonly [string, TrueAnswer] => {
    const bad = isBad(says);
    const asked = nonce === undefined ? truth.answers[by]?.asked : { nonce, isBad: bad, atMs: nowMs };
    return [by, { isBad: bad, atMs: nowMs, asked }];
  });
  return { ...truth, answers: Object.fromEntries(answers) };
}
