// The part of a drill that is played: steady writes, the fault, the page, the answer, the end of the run. What it learns on
// the way goes into one object, so that a drill that breaks off still says how far it came.
import { ProposalView } from '@petrov/core/wire';
import { type FaultStamp, type MemberStatus, monotonicMs } from '@petrov/sandbox';
import { setTimeout as pause } from 'node:timers/promises';
import type { Returned, Stage } from '../disturbance/index.ts';
import { DrillError } from '../errors.ts';
import type { InboxMessage } from '../rig/inbox.ts';
import type { Rig } from '../rig/rig.ts';
import { isAllWell } from '../rig/wait-until-healthy.ts';
import type { Ending, Scenario, Sequel } from '../scenario/index.ts';
import { waitUntil } from '../wait.ts';
import { applyAll, applyPlanned, type Cast, castFor, sayPlanned } from './apply.ts';
import { playHeld } from './held.ts';
import { awaitQuestion } from './next-question.ts';
import { type Answered, answer, awaitHuman, type OperatorPart, proposalOf } from './operator.ts';
import { AFTER_ACK_MS, awaitEnds, awaitWrites, type Ended } from './run-end.ts';
import { type Decide, playSequel } from './sequel.ts';
import { measureLoss, type WalLoss } from './wal.ts';

export type Played = {
  primary: string;
  timeline: number;
  cast: Cast;
  fault: FaultStamp;
  /** When it was healed, on the wall clock. */
  healedAtMs?: number;
  page?: InboxMessage;
  asked?: ProposalView;
  answered?: Answered;
  /** Each end of the run, and each time it got stuck. */
  endings: readonly Ended[];
  /** What the new timeline doesn't have, right after the run. */
  wal?: WalLoss;
  /** A server that was made to take writes behind Petrov's back. */
  returned?: Returned;
};

export type ScriptInput = {
  readonly rig: Rig;
  readonly scenario: Scenario;
  readonly operator: OperatorPart;
  readonly say: (says: string) => void;
  /** How long the script takes from the page to its answer, ms; default 0. */
  readonly decideAfterMs?: number | undefined;
  /** In place of the script, of a run that is stuck. */
  readonly decide?: Decide | undefined;
  /** The controller dies somewhere on the way: what it leaves stuck is let go on, once. */
  readonly isControllerDying?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
};

/** What the parts of the script know and learn. */
type Known = {
  readonly know: (more: Partial<Played>) => void;
  readonly cast: () => Cast;
  readonly stage: Stage;
  readonly timeline: number;
};

const SUCCEEDS: Ending = { state: 'succeeded', says: /./ };
const STEADY_MS = 3_000;
const QUIET_AFTER_ANSWER_MS = 8_000;
const HEALED_WITHIN_MS = 90_000;

/** `onPlayed` gets each thing as it becomes known. */
export async function playScript(input: ScriptInput, onPlayed: (played: Played) => void): Promise<void> {
  const { rig, scenario, say, signal } = input;
  await steady(input);
  const { members } = await rig.parts.site.status();
  const before = findPrimary(members);
  const standbys = members.filter(({ id }) => id !== before.id).map(({ id }) => id);
  const paged = nextPage(rig);
  const startedMs = monotonicMs();
  let played: Played = {
    primary: before.id,
    timeline: before.timeline ?? 1,
    cast: castFor(before.id, standbys),
    fault: { atMs: Date.now(), monotonicMs: startedMs },
    endings: [],
  };
  const know = (more: Partial<Played>): void => onPlayed((played = { ...played, ...more }));
  const stage: Stage = { rig, sessions: new Map(), onReturned: (returned) => know({ returned }) };
  const known: Known = { know, cast: () => played.cast, stage, timeline: played.timeline };
  know({});
  try {
    if (scenario.first !== undefined) {
      say(scenario.first.faults.map((fault) => sayPlanned(fault, played.cast)).join(', '));
      await applyAll(stage, played.cast, scenario.first.faults);
      await pause(scenario.first.forMs, undefined, signal === undefined ? {} : { signal });
    }
    const { cast } = played;
    const all = [scenario.fault, ...(scenario.together ?? [])];
    const [fault] = await Promise.all(all.map(async (planned) => await applyPlanned(stage, cast, planned)));
    know(fault === undefined ? {} : { fault });
    say(all.map((planned) => sayPlanned(planned, cast)).join(', '));
    if (scenario.proposes) await proposed(input, paged, known);
    else await falseAlarm(input, know);
  } finally {
    for (const session of stage.sessions.values()) session.kill();
  }
}

async function proposed(input: ScriptInput, paged: ReturnType<typeof nextPage>, known: Known): Promise<void> {
  const { rig, scenario, operator, say, decideAfterMs = 0, signal } = input;
  const { know, cast, stage } = known;
  const page = await waitUntil(async () => paged.found(), {
    what: 'a page that asks for a decision',
    timeoutMs: scenario.proposalWithinMs,
    everyMs: 5,
    signal,
  });
  const proposal = proposalOf(page);
  know({ page });
  say(`paged about ${proposal}`);
  const read = rig.client().get(`/proposals/${encodeURIComponent(proposal)}`, ProposalView);
  if (operator === 'none') {
    know({ asked: await read });
    await pause(QUIET_AFTER_ANSWER_MS, undefined, signal === undefined ? {} : { signal });
    return;
  }
  if (decideAfterMs > 0) await pause(decideAfterMs, undefined, signal === undefined ? {} : { signal });
  if (operator === 'human') say(`waiting for a person: ${rig.parts.url}/proposals/${proposal}`);
  const asked = await read;
  const { primary, candidate, other } = cast();
  know({ asked, cast: castFor(primary, [candidate, other], asked.proposal.revision.plan.candidate) });
  await applyAll(stage, cast(), scenario.beforeAnswer ?? []);
  const { held } = scenario;
  const isHeld = held !== undefined && operator !== 'reject';
  const [answered] = await Promise.all([
    operator === 'human'
      ? awaitHuman(rig, proposal, signal)
      : answer(rig, { scenario: scenario.id, proposal, kind: operator }),
    isHeld ? playHeld({ stage, held, cast, say, signal }) : undefined,
  ]);
  know({ answered });
  say(`${answered.kind}: ${answered.says}`);
  if (answered.kind !== 'approve') {
    await pause(QUIET_AFTER_ANSWER_MS, undefined, signal === undefined ? {} : { signal });
    return;
  }
  await runToItsEnd(input, proposal, known);
}

/** The run to its end, then what follows; each end of it is told. */
async function runToItsEnd(
  input: ScriptInput,
  proposal: string,
  { know, cast, stage, timeline }: Known,
): Promise<void> {
  const { rig, scenario, decide, isControllerDying, say, signal } = input;
  const asked = { rig, proposal, signal };
  const endings: Ended[] = [];
  const note = async (ended: readonly Ended[]): Promise<void> => {
    endings.push(...ended);
    know({ endings: [...endings] });
    for (const one of ended) say(`the proposal is ${one.state}: ${one.says}`);
    if (ended.at(-1)?.state === 'succeeded') await awaitWrites(asked);
  };
  const letGoOn = async () => await answer(rig, { scenario: scenario.id, proposal, kind: 'resume', nth: 'died' });
  const decideAgain = isControllerDying === true ? letGoOn : undefined;
  await note(await awaitEnds(asked, scenario.ends ?? SUCCEEDS, { decideAgain }));
  if (endings.at(-1)?.state === 'succeeded')
    know({ wal: await measureLoss(rig, { from: cast().primary, to: cast().candidate, timeline }) });
  let [current, before] = [proposal, endings.at(-1)];
  for (const [nth, sequel] of (scenario.sequels ?? []).entries()) {
    if (sequel.do === 'approve-next') {
      current = await approveNext(input, { know, cast }, { past: current, sequel });
      await note(await awaitEnds({ ...asked, proposal: current }, sequel.ends, {}));
    } else {
      const of = { stage, cast: cast(), scenario: scenario.id, proposal: current, before, decide };
      await note(await playSequel({ ...of, isControllerDying, say, signal }, sequel, nth));
    }
    before = endings.at(-1);
  }
  await pause(AFTER_ACK_MS, undefined, signal === undefined ? {} : { signal });
}

/** Another question than before is the drill's own from then on: its plan is what the checks go by. */
async function approveNext(
  { rig, scenario, say, signal }: ScriptInput,
  { know, cast }: Pick<Known, 'know' | 'cast'>,
  { past, sequel }: { past: string; sequel: Extract<Sequel, { do: 'approve-next' }> },
): Promise<string> {
  const next = await awaitQuestion(rig, { ...sequel, past, signal });
  const { id, revision } = next.proposal;
  const { primary, candidate, other } = cast();
  know({ asked: next, cast: castFor(primary, [candidate, other], revision.plan.candidate) });
  const answered = await answer(rig, { scenario: scenario.id, proposal: id, kind: 'approve' });
  know({ answered });
  say(`${answered.kind} ${id}: ${answered.says}`);
  return id;
}

async function falseAlarm(
  { rig, scenario, say, signal }: ScriptInput,
  know: (more: Partial<Played>) => void,
): Promise<void> {
  await pause(scenario.healAfterMs ?? 0, undefined, signal === undefined ? {} : { signal });
  know({ healedAtMs: Date.now() });
  const healed = await rig.parts.site.heal();
  say(`healed: ${healed.join(', ') || 'there was nothing to heal'}`);
  const view = await waitUntil(async () => isWell(rig), {
    what: 'a healthy verdict',
    timeoutMs: HEALED_WITHIN_MS,
    signal,
  });
  if (!view) throw new DrillError('not-healed', 'the verdict did not become healthy again');
  await pause(AFTER_ACK_MS, undefined, signal === undefined ? {} : { signal });
}

/** Healthy without a break for some seconds, with client writes all the time. */
async function steady({ rig, signal }: ScriptInput): Promise<void> {
  let sinceMs = monotonicMs();
  await waitUntil(
    async () => {
      if (!(await isWell(rig))) sinceMs = monotonicMs();
      return monotonicMs() - sinceMs >= STEADY_MS;
    },
    { what: `${STEADY_MS / 1000} s of steady writes`, timeoutMs: 120_000, everyMs: 100, signal },
  );
}

async function isWell(rig: Rig): Promise<boolean> {
  return isAllWell(await rig.view());
}

/** Keeps the first page that asks for a decision from now on. */
function nextPage(rig: Rig): { readonly found: () => InboxMessage | undefined } {
  let first: InboxMessage | undefined;
  const stop = rig.parts.inbox.onMessage((message) => {
    if (message.type !== 'proposal.raised' || !message.signatureOk) return;
    first = message;
    stop();
  });
  return { found: () => first };
}

function findPrimary(members: readonly MemberStatus[]): MemberStatus {
  const [primary, ...others] = members.filter((member) => member.role === 'primary');
  if (primary !== undefined && others.length === 0) return primary;
  throw new DrillError('no-primary', `a drill begins with one primary; there are ${others.length + (primary ? 1 : 0)}`);
}
