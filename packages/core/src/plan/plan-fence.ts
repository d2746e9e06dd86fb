// How the old primary is kept from taking writes: the first configured way that can be expected to work by what is known,
// else the first that may. The words answer the question that a person asks: can the old primary still take writes?
import type { Case } from '../assessment/case.ts';
import type { Findings } from '../assessment/findings/index.ts';
import type { FenceMethod } from '../cluster/index.ts';
import { type Expectation } from './fence/way.ts';
import { FENCE_WAYS } from './fence/index.ts';
import type { FencePlan, Step } from './plan.ts';

type Judged = { readonly method: FenceMethod; readonly expectation: Expectation };

const BY_DEFAULT: readonly { readonly method: FenceMethod; readonly withinMs?: number | undefined }[] = [
  { method: 'agent' },
];

/** `ahead`: standbys that received more than the candidate. */
export function planFence(given: Case, found: Findings, ahead: readonly string[]): FencePlan {
  const member = given.primary;
  const judged = (given.topology.fences ?? BY_DEFAULT).map(({ method }): Judged => {
    const isTried = given.fencesTried?.includes(method) === true;
    const because = `fencing by "${method}" was tried and is not proven`;
    const expected = FENCE_WAYS[method].expect(given, found, ahead);
    const expectation = given.failedFence === method ? doubtAgain(expected) : expected;
    return { method, expectation: isTried ? { is: 'impossible', because } : expectation };
  });
  const chosen =
    judged.find(({ expectation }) => expectation.is === 'expected') ??
    judged.find(({ expectation }) => expectation.is === 'possible');
  if (chosen === undefined || chosen.expectation.is === 'impossible') {
    const why = judged.map(({ expectation }) => sayDoubt(expectation)).join(', ');
    return {
      method: 'unfenced',
      member,
      says: `Yes: ${why || 'no fence is configured'}, nothing keeps it from taking writes if it lives or returns.`,
    };
  }
  const { once, unsure, except, is, standbys } = chosen.expectation;
  const passed = judged
    .slice(0, judged.indexOf(chosen))
    .map(({ expectation }) => ` ${capital(sayDoubt(expectation))}.`);
  const doubt =
    is === 'possible' && unsure !== undefined
      ? ` ${capital(unsure)}: if it does not answer, the run stops before anything is promoted.`
      : '';
  const gap = except === undefined ? '' : ` ${except}`;
  return {
    method: chosen.method,
    member,
    ...(standbys === undefined ? {} : { standbys: [...standbys] }),
    says: `No, once ${once}; promotion waits for that proof.${gap}${doubt}${passed.join('')}`,
  };
}

/** A run was given up since this way proved nothing: it's planned anew only on a better reason than before. */
function doubtAgain(expectation: Expectation): Expectation {
  return expectation.is === 'possible'
    ? {
        is: 'impossible',
        because: `${expectation.unsure ?? 'it is not known to work'}, as when it last proved nothing`,
      }
    : expectation;
}

/** The step that fences; where nothing can, the one that says so. */
export function fenceStep(given: Case, plan: FencePlan): Omit<Step, 'isFollowUp'>[] {
  const { method, member } = plan;
  const way = FENCE_WAYS[method];
  const configured = given.topology.fences?.find((fence) => fence.method === method)?.withinMs;
  return [
    {
      id: 'fence',
      verb: 'fence',
      member,
      undo: method === 'unfenced' ? 'nothing-to-undo' : 'reversible',
      deadlineMs: configured ?? way.withinMs,
      ...way.fence(plan),
    },
  ];
}

/** How giving up words the lifting of this fence. */
export function unfenceWords(plan: FencePlan): Pick<Step, 'says' | 'command' | 'doneWhen'> {
  return FENCE_WAYS[plan.method].unfence(plan);
}

/** How a person lifts one that was left standing. */
export function liftByHand({ method, ...plan }: Pick<FencePlan, 'method' | 'member' | 'standbys'>): string {
  return FENCE_WAYS[method].byHand(plan);
}

function sayDoubt(expectation: Expectation): string {
  return expectation.is === 'impossible' ? expectation.because : (expectation.unsure ?? '');
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
