// The part of a drill that is played: steady writes, the fault, the page, the answer, the end of the run. What it learns on
// the way goes into one object, so that a drill that breaks off still says how far it came.
import { ProposalView } from '@petrov/core/wire';
import { type FaultStamp, type MemberStatus, monotonicMs } from '@petrov/sandbox';
import { setTimeout as pause } from 'node:timers/promises';
import { DrillError } from '../errors.ts';
import { applyFault } from '../rig/control.ts';
import type { InboxMessage } from '../rig/inbox.ts';
import type { Rig } from '../rig/rig.ts';
import { isAllWell } from '../rig/wait-until-healthy.ts';
import type { Scenario } from '../scenario/index.ts';
import { waitUntil } from '../wait.ts';
import { type Answered, answer, awaitHuman, type OperatorPart, proposalOf } from './operator.ts';

export type Played = {
  primary: string;
  timeline: number;
  fault: FaultStamp;
  /** When it was healed, on the wall clock. */
  healedAtMs?: number;
  page?: InboxMessage;
  asked?: ProposalView;
  answered?: Answered;
};

export type ScriptInput = {
  readonly rig: Rig;
  readonly scenario: Scenario;
  readonly operator: OperatorPart;
  readonly say: (says: string) => void;
  /** How long the script takes from the page to its answer, ms; default 0. */
  readonly decideAfterMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
};

const STEADY_MS = 3_000;
const QUIET_AFTER_ANSWER_MS = 8_000;
const RUN_WITHIN_MS = 90_000;
const AFTER_ACK_MS = 1_500;
const HEALED_WITHIN_MS = 90_000;

/** `onPlayed` gets each thing as it becomes known. */
export async function playScript(input: ScriptInput, onPlayed: (played: Played) => void): Promise<void> {
  const { rig, scenario, say } = input;
  await steady(input);
  const { site } = rig.parts;
  const before = findPrimary((await site.status()).members);
  const args = scenario.fault.args.map((arg) => (arg === '@primary' ? before.id : arg));
  const paged = nextPage(rig);
  const startedMs = monotonicMs();
  let played: Played = {
    primary: before.id,
    timeline: before.timeline ?? 1,
    fault: { atMs: Date.now(), monotonicMs: startedMs },
  };
  const know = (more: Partial<Played>): void => onPlayed((played = { ...played, ...more }));
  know({});
  const applied = applyFault(site, scenario.fault.name, args);
  know({ fault: await applied });
  say(`${scenario.fault.name} ${args.join(' ')}`);
  if (scenario.proposes) await proposed(input, paged, know);
  else await falseAlarm(input, know);
}

async function proposed(
  input: ScriptInput,
  paged: ReturnType<typeof nextPage>,
  know: (more: Partial<Played>) => void,
): Promise<void> {
  const { rig, scenario, operator, say, decideAfterMs = 0, signal } = input;
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
  const [asked, answered] = await Promise.all([
    read,
    operator === 'human'
      ? awaitHuman(rig, proposal, signal)
      : answer(rig, { scenario: scenario.id, proposal, kind: operator }),
  ]);
  know({ asked, answered });
  say(`${answered.kind}: ${answered.says}`);
  if (answered.kind !== 'approve') {
    await pause(QUIET_AFTER_ANSWER_MS, undefined, signal === undefined ? {} : { signal });
    return;
  }
  await runToItsEnd(input, proposal);
}

/** Until the run has ended or needs a person; then long enough for the client to have come back, if it can. */
async function runToItsEnd({ rig, say, signal }: ScriptInput, proposal: string): Promise<void> {
  const path = `/proposals/${encodeURIComponent(proposal)}`;
  const ended = await waitUntil(
    async () => {
      const { proposal: now } = await rig.client().get(path, ProposalView);
      return ['succeeded', 'stuck', 'failed', 'abandoned', 'expired', 'withdrawn'].includes(now.state) && now.state;
    },
    { what: 'the run to end', timeoutMs: RUN_WITHIN_MS, everyMs: 50, signal },
  );
  say(`the proposal is ${ended}`);
  if (ended === 'succeeded')
    await waitUntil(async () => isAcknowledging(rig), { what: 'client writes', timeoutMs: 20_000, signal });
  await pause(AFTER_ACK_MS, undefined, signal === undefined ? {} : { signal });
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

async function isAcknowledging(rig: Rig): Promise<boolean> {
  return ((await rig.view()).writes?.succeeded ?? 0) > 0;
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
