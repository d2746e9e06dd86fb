// The plan as it will run: each step with its undo, its exact command on a tap, and the line after which there's no return.
import type { Plan, Step } from '@petrov/core/plan';
import { Fragment } from 'react';

const undoWords: Readonly<Record<Step['undo'], string>> = {
  'nothing-to-undo': 'changes nothing',
  reversible: 'can be undone',
  irreversible: 'no way back',
};

export function PlanSteps({ plan }: { readonly plan: Plan }) {
  const line = noReturnIndex(plan);
  return (
    <ol className="plan">
      {plan.steps.map((step, index) => (
        <Fragment key={step.id}>
          {index === line && <li className="no-return">point of no return</li>}
          <li>
            <span className="number" aria-hidden="true">
              {index + 1}
            </span>
            <details>
              <summary>
                {step.says}
                {step.openBecause !== undefined && <span className="soft">: stays open, {step.openBecause}</span>}
                <span className="undo">{step.isFollowUp ? 'follow-up' : undoWords[step.undo]}</span>
              </summary>
              <p className="xs mono command">{step.command}</p>
              <p className="xs soft">
                At {step.member}. Done when {step.doneWhen}. Given up after {Math.round(step.deadlineMs / 1_000)} s.
              </p>
            </details>
          </li>
        </Fragment>
      ))}
    </ol>
  );
}

/** Drawn above the step that can't be taken back. */
export function noReturnIndex(plan: Plan): number {
  const named = plan.steps.findIndex((step) => step.id === plan.pointOfNoReturn || step.verb === plan.pointOfNoReturn);
  return named >= 0 ? named : plan.steps.findIndex((step) => step.undo === 'irreversible');
}
