// A way to fence, as far as a plan needs it: what it's worth by what is known, and the words of its step. Doing it is the
// controller's part (its own folder of fences); a way without that part can't be planned, the types see to it.
import type { Case } from '../../assessment/case.ts';
import type { Findings } from '../../assessment/findings/index.ts';
import type { FencePlan, Step } from '../plan.ts';

export type Expectation =
  | {
      /** Expected: by what is known it works now. Possible: whether it answers is found when it's asked. */
      readonly is: 'expected' | 'possible';
      /** The proof, after "No, once". */
      readonly once: string;
      /** What speaks against its working. */
      readonly unsure?: string | undefined;
      /** What it doesn't cover, as a sentence. */
      readonly except?: string | undefined;
      readonly standbys?: readonly string[] | undefined;
    }
  | { readonly is: 'impossible'; readonly because: string };

type FenceOf = Pick<FencePlan, 'member' | 'standbys'>;
type Words = Pick<Step, 'says' | 'command' | 'doneWhen'>;

export type FenceWay = {
  /** For one attempt, unless the configuration says otherwise. */
  readonly withinMs: number;
  /** `ahead`: standbys that received more than the candidate, and must still feed it or be left as they are. */
  readonly expect: (given: Case, found: Findings, ahead?: readonly string[]) => Expectation;
  readonly fence: (plan: FenceOf) => Words;
  readonly unfence: (plan: FenceOf) => Words;
  /** What a person does to lift one that was left standing, after "by hand: ". */
  readonly byHand: (plan: FenceOf) => string;
};
