// The start gate: may Postgres start here? It refuses to start writable when this host is fenced, or when another member is
// out of recovery or on a newer timeline. Petrov's absence never keeps a database down, unless the policy says so.
import type { AgentConfig } from '@petrov/core/wire';
import { askPeers, type PeerAnswer } from './host/peers.ts';
import { readControlData } from './postgres/control-data.ts';
import { hasStandbySignal } from './postgres/down-facts.ts';
import { AgentState } from './state/agent-state.ts';
import { explain } from './verb.ts';
import { writeStandbySignal } from './verbs/fence.ts';

export type GateAnswer = { readonly may: boolean; readonly says: string };
export type GateQuestion = {
  readonly member: string;
  readonly isReadOnlyStart: boolean;
  readonly timeline: number;
  readonly peersAsked: number;
  readonly answers: readonly PeerAnswer[];
  readonly whenAlone: AgentConfig['gateWhenAlone'];
};

const TO_DO =
  'Start it as a standby: put a standby.signal into its data directory (after pg_rewind, or from a fresh base backup).';

export function decideGate(question: GateQuestion): GateAnswer {
  const { member, timeline, answers } = question;
  if (question.isReadOnlyStart) return { may: true, says: `${member} starts read-only: it has a standby.signal.` };
  const writable = answers.find((peer) => !peer.inRecovery);
  if (writable) {
    return {
      may: false,
      says: `${member} must not start writable: ${writable.id} is out of recovery, on timeline ${writable.timeline}. ${TO_DO}`,
    };
  }
  const newer = answers.find((peer) => peer.timeline > timeline);
  if (newer) {
    return {
      may: false,
      says: `${member} must not start writable: ${newer.id} is on timeline ${newer.timeline}, ${member} on ${timeline}. ${TO_DO}`,
    };
  }
  if (question.peersAsked > 0 && answers.length === 0 && question.whenAlone === 'closed') {
    return {
      may: false,
      says: `${member} must not start writable: no other member answers, and gateWhenAlone is "closed". Start it once another answers, or set it to "open".`,
    };
  }
  return {
    may: true,
    says: `${member} may start: ${answers.length} of ${question.peersAsked} other members answered, none is ahead of it.`,
  };
}

export async function askGate(config: AgentConfig): Promise<GateAnswer> {
  const { member, dataDirectory, binDirectory } = config;
  const fence = new AgentState(config.stateDirectory).fence();
  if (fence !== undefined && !hasStandbySignal(dataDirectory)) {
    try {
      writeStandbySignal(dataDirectory);
    } catch (error) {
      return {
        may: false,
        says: `${member} is fenced (proposal ${fence.proposal}), and standby.signal can't be written: ${explain(error)}.`,
      };
    }
  }
  if (fence !== undefined)
    return { may: true, says: `${member} is fenced (proposal ${fence.proposal}): it starts read-only.` };
  const isReadOnlyStart = hasStandbySignal(dataDirectory);
  const [control, answers] = isReadOnlyStart
    ? [{ timeline: 0 }, []]
    : await Promise.all([readControlData(binDirectory, dataDirectory), askPeers(config)]);
  return decideGate({
    member,
    isReadOnlyStart,
    timeline: control.timeline,
    peersAsked: config.peers.length,
    answers,
    whenAlone: config.gateWhenAlone,
  });
}
