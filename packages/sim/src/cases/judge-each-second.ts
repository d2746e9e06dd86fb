// A case judged each second, as the engine does it: what a judgment remembers goes from one to the next.
import { assess, type Assessment, type Judgment } from '@petrov/core/assessment';
import type { Observation } from '@petrov/core/observation';
import { type CaseGiven, caseOf, T } from './index.ts';

type Judging = Omit<CaseGiven, 'nowS'> & { readonly untilS: number };

/** Every assessment from the tenth second on. */
export function judgeEachSecond(seen: readonly Observation[], { untilS, ...given }: Judging): readonly Assessment[] {
  let judgment: Judgment = {};
  const assessments: Assessment[] = [];
  for (let nowS = 10; nowS <= untilS; nowS += 1) {
    const known = seen.filter((o) => o.atMs <= T + nowS * 1_000);
    const { suspectedSinceMs } = judgment;
    const judged = assess(caseOf(known, { ...given, nowS, suspectedSinceMs }), judgment);
    judgment = judged.judgment;
    assessments.push(judged.assessment);
  }
  return assessments;
}
