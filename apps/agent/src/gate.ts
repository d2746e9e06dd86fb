// The start gate: may Postgres start here? Not at all while its data directory is half-way through a rewind or clone. Not
// writable when this host is fenced, when another member is out of recovery or on a newer timeline, or when an approved
// command made it a standby. Petrov's absence never keeps a database down, unless the policy says so.
import type { AgentConfig } from '@petrov/core/wire';
import { askPeers, type PeerAnswer } from './host/peers.ts';
import { readControlData } from './postgres/control-data.ts';
import { hasStandbySignal } from './postgres/down-facts.ts';
import { newestTimeline } from './postgres/timelines.ts';
import { AgentState, type Standing } from './state/agent-state.ts';
import { explain } from './verb.ts';
import { writeStandbySignal } from './verbs/fence.ts';

export type GateAnswer = { readonly may: boolean; readonly says: string };
export type GateQuestion = {
  readonly member: string;
  readonly isReadOnlyStart: boolean;
  readonly timeline: number;
  /** What the last approved command made of it, and the file that keeps it. */
  readonly standing?: (Standing & { readonly file: string }) | undefined;
  readonly peersAsked: number;
  readonly answers: readonly PeerAnswer[];
  readonly whenAlone: AgentConfig['gateWhenAlone'];
};

const TO_DO =
  'Start it as a standby: put a standby.signal into its data directory (after pg_rewind, or from a fresh base backup).';

export function decideGate(question: GateQuestion): GateAnswer {
  const { member, timeline, answers, standing } = question;
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
  if (standing !== undefined && timeline <= standing.timeline) {
    return {
      may: false,
      says: `${member} must not start writable: an approved command of epoch ${standing.epoch} made it no primary, and its timeline ${timeline} isn't newer than then. ${TO_DO} If it's meant to be the primary after all, remove ${standing.file}.`,
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

/** For readiness only: a gate that can't keep a note answers all the same. */
function noteAsked(state: AgentState): void {
  try {
    state.keepGateAsked(Date.now());
  } catch {
    // its disk takes nothing: whether this may start doesn't hang on a note
  }
}

export async function askGate(config: AgentConfig): Promise<GateAnswer> {
  const { member, dataDirectory } = config;
  const state = new AgentState(config.stateDirectory);
  noteAsked(state);
  const unfinished = state.unfinished();
  if (unfinished !== undefined) {
    return {
      may: false,
      says: `${member} must not start: a ${unfinished.verb} of its data directory ended half-way. Rewind or clone it again.`,
    };
  }
  const fence = state.fence();
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
  const [timeline, answers] = isReadOnlyStart ? [0, []] : await Promise.all([readTimeline(config), askPeers(config)]);
  const standing = state.standing();
  return decideGate({
    member,
    isReadOnlyStart,
    timeline,
    standing: standing && { ...standing, file: state.standingPath },
    peersAsked: config.peers.length,
    answers,
    whenAlone: config.gateWhenAlone,
  });
}

async function readTimeline({ binDirectory, dataDirectory }: AgentConfig): Promise<number> {
  return newestTimeline(dataDirectory, await readControlData(binDirectory, dataDirectory));
}
