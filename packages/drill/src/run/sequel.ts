// What happens after a run has ended or got stuck: more breaks, things heal, a person resumes or gives up.
import { setTimeout as pause } from 'node:timers/promises';
import type { Stage } from '../disturbance/index.ts';
import { DrillError } from '../errors.ts';
import type { Rig } from '../rig/rig.ts';
import type { Sequel, StuckAnswer } from '../scenario/index.ts';
import { waitUntil } from '../wait.ts';
import { applyAll, type Cast, sayPlanned } from './apply.ts';
import { awaitQuestion } from './next-question.ts';
import { answer } from './operator.ts';
import { awaitEnds, type Ended } from './run-end.ts';

const LOOK_EVERY_MS = 100;

/** How a run is resumed or given up in place of the script: at a terminal, in the console. Answers what it was told. */
export type Decide = (rig: Rig, of: { readonly proposal: string; readonly kind: StuckAnswer }) => Promise<string>;

export type SequelInput = {
  readonly stage: Stage;
  readonly cast: Cast;
  readonly scenario: string;
  readonly proposal: string;
  /** How the run ended or got stuck before. */
  readonly before?: Ended | undefined;
  readonly decide?: Decide | undefined;
  /** Then what is decided may have to be decided twice. */
  readonly isControllerDying?: boolean | undefined;
  readonly say: (says: string) => void;
  readonly signal?: AbortSignal | undefined;
};

/** Answers how the run ended, if it went on. `nth` tells a repeated decision from an earlier one. */
export async function playSequel(
  input: SequelInput,
  sequel: Exclude<Sequel, { do: 'approve-next' }>,
  nth: number,
): Promise<readonly Ended[]> {
  const { stage, cast, say, signal } = input;
  const { rig } = stage;
  switch (sequel.do) {
    case 'break':
      say(sequel.faults.map((fault) => sayPlanned(fault, cast)).join(', '));
      await applyAll(stage, cast, sequel.faults);
      return [];
    case 'heal':
      say(`healed: ${(await rig.parts.site.heal()).join(', ')}`);
      return [];
    case 'see':
      await waitUntil(async () => (await rig.view()).assessment.verdict === sequel.verdict, {
        what: `the verdict ${sequel.verdict}`,
        timeoutMs: sequel.withinMs,
        signal,
      });
      return [];
    case 'stay-unpromoted':
      await stayUnpromoted(input, sequel.forMs);
      return [];
    case 'await-end':
      return await awaitEnds({ rig, proposal: input.proposal, signal }, sequel.ends, { past: input.before });
    case 'see-question': {
      const { proposal } = await awaitQuestion(rig, { ...sequel, past: input.proposal, signal });
      say(`asked by ${proposal.id}: ${proposal.revision.plan.kind}, ${proposal.revision.plan.fence.says}`);
      return [];
    }
    case 'decide': {
      const kind = sequel.decision;
      const again = async (): Promise<void> => await decideOn(input, kind, `${nth}-again`);
      await decideOn(input, kind, String(nth));
      return await awaitEnds({ rig, proposal: input.proposal, signal }, sequel.ends, {
        past: kind === 'resume' ? undefined : input.before,
        decideAgain: input.isControllerDying === true ? again : undefined,
      });
    }
  }
}

async function decideOn(input: SequelInput, kind: StuckAnswer, nth: string): Promise<void> {
  const { stage, scenario, proposal, decide, say } = input;
  const { rig } = stage;
  const says =
    decide === undefined
      ? (await answer(rig, { scenario, proposal, kind, nth })).says
      : await decide(rig, { proposal, kind });
  say(`${kind}: ${says}`);
}

async function stayUnpromoted({ stage, cast, signal }: SequelInput, forMs: number): Promise<void> {
  const untilMs = performance.now() + forMs;
  while (performance.now() < untilMs) {
    const { members } = await stage.rig.parts.site.status();
    const promoted = members.find(({ id, role }) => role === 'primary' && id !== cast.primary);
    if (promoted !== undefined)
      throw new DrillError('promoted', `${promoted.id} is out of recovery, and nobody may be at this moment`);
    await pause(LOOK_EVERY_MS, undefined, signal === undefined ? {} : { signal });
  }
}
