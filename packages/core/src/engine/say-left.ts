// In what state a rejoin that is given up leaves its member: nobody tells an agent to stop what it was told to do.
import { foldSteps, type Run } from '../journal/index.ts';

export function sayLeft(run: Run): string {
  const { candidate, primary } = run.plan;
  const acts = foldSteps(run).filter(({ step }) => step.verb !== 'look');
  const unclear = acts.findLast(({ state }) => state === 'running' || state === 'ambiguous');
  switch (unclear?.step.verb) {
    case 'rewind':
    case 'clone':
      return `The agent on ${candidate} may still be at "${unclear.step.verb}": it takes nothing else before its end, and leaves ${candidate} down and fenced.`;
    case 'start-as-standby':
      return `${candidate} may yet come up as a standby of ${primary}; it takes no writes.`;
    case 'fence':
      return `${candidate} may be down and fenced; nothing else was touched.`;
    default:
      return acts.some(({ attempts }) => attempts > 0)
        ? `${candidate} stays down; nothing else was touched.`
        : `${candidate} was not touched.`;
  }
}
