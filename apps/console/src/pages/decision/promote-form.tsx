// The dangerous answer, alone and named: which item decides it, why, and one button. What's missing is pointed at when
// it's pressed; what forbids it is said beside it.
import type { Assessment } from '@petrov/core/assessment';
import type { DecisionRequest, ProposalView } from '@petrov/core/wire';
import { useId, useRef, useState } from 'react';
import { messageOf } from '../../api/client.ts';
import { formatMoment, groupAlike, sides, wordsOf } from '../../words/index.ts';
import { ReasonField } from './reason-field.tsx';
import { type Situation, whyNot } from './may-answer.ts';
import { AcceptBeyond, overridesOf } from './two-people.tsx';
import type { useDecision } from './use-decision.ts';
import type { Pinned } from './use-pinned-revision.ts';

export type AnswerProps = {
  readonly pinned: Pinned;
  readonly situation: Situation;
  readonly displayed: DecisionRequest['displayed'];
  readonly decision: ReturnType<typeof useDecision>;
};

export function PromoteForm({ pinned, situation, displayed, decision }: AnswerProps) {
  const explanation = useId();
  const [choice, setChoice] = useState<{ readonly revision: number; readonly item: string }>();
  const [accepted, setAccepted] = useState<number>();
  const [reason, setReason] = useState('');
  const [isAsked, setAsked] = useState(false);
  const items = useRef<HTMLFieldSetElement>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  const acceptance = useRef<HTMLInputElement>(null);
  const { revision } = pinned;
  const { proposal, approvals } = situation.view;
  const words = wordsOf(revision.plan);
  // On other evidence another item may decide: a new revision asks again.
  const decisive = choice?.revision === revision.number ? choice.item : undefined;
  const forbidden = whyNot('approve', situation);
  // Evidence decides a failover; a planned change needs its reason only.
  const needsItem = proposal.request === undefined;
  // Accepted as this revision shows it: another one asks again.
  const isBeyond = approvals.people > 1;
  const isAccepted = !isBeyond || accepted === revision.number;
  const missing =
    needsItem && decisive === undefined
      ? 'the item that decides it'
      : reason.trim().length < 3
        ? 'a reason'
        : isAccepted
          ? undefined
          : 'your acceptance of what goes beyond the policy';
  const promote = () => {
    if (forbidden !== undefined) return;
    if (missing !== undefined) {
      setAsked(true);
      if (needsItem && decisive === undefined) items.current?.querySelector('input')?.focus();
      else if (reason.trim().length < 3) field.current?.focus();
      else acceptance.current?.focus();
      return;
    }
    const named = decisive === undefined ? displayed : { ...displayed, decisiveItem: decisive };
    const beyond = isBeyond ? { overrides: overridesOf(revision.plan) } : {};
    decision.mutate({ decision: 'approve', revision, reason, displayed: named, ...beyond });
  };
  return (
    <section className="promote stack" aria-label={words.act}>
      {needsItem && (
        <DecisiveItem
          ref={items}
          assessment={revision.assessment}
          chosen={decisive}
          onChoose={(item) => setChoice({ revision: revision.number, item })}
        />
      )}
      <div className="stack go">
        <ReasonField
          ref={field}
          label="Why, for the record"
          value={reason}
          onChange={setReason}
          suggestions={words.reasons}
        />
        {isBeyond && (
          <AcceptBeyond
            ref={acceptance}
            plan={revision.plan}
            isAccepted={isAccepted}
            onChange={(is) => setAccepted(is ? revision.number : undefined)}
          />
        )}
        <button
          type="button"
          className="act"
          disabled={forbidden !== undefined}
          aria-disabled={missing !== undefined}
          aria-describedby={explanation}
          onClick={promote}
        >
          {decision.isPending && decision.variables.decision === 'approve'
            ? 'Sending your approval …'
            : `${words.act} in ${proposal.cluster} (${proposal.environment})`}
        </button>
        <p id={explanation} className="s soft" role="status">
          {forbidden ?? (missing === undefined ? startsWhen(situation.view) : `Still needed: ${missing}.`)}
        </p>
        {isAsked && missing !== undefined && (
          <p className="visually-hidden" role="alert">{`Still needed: ${missing}.`}</p>
        )}
        {decision.isError && decision.variables.decision === 'approve' && (
          <p role="alert" className="s refused">
            {messageOf(decision.error)}
          </p>
        )}
        <p className="xs soft">
          Compare with your page: <span className="mono">{revision.words}</span>
        </p>
      </div>
    </section>
  );
}

function startsWhen({ proposal: { request }, approvals }: ProposalView): string {
  if (approvals.by.length + 1 < approvals.people) return 'Another person has to approve it too before anything starts.';
  return request?.notBeforeMs === undefined
    ? 'This starts the plan above at once.'
    : `This starts the plan above at ${formatMoment(request.notBeforeMs)}.`;
}

type DecisiveProps = {
  readonly ref: React.Ref<HTMLFieldSetElement>;
  readonly assessment: Assessment;
  readonly chosen: string | undefined;
  readonly onChoose: (id: string) => void;
};

function DecisiveItem({ ref, assessment, chosen, onChoose }: DecisiveProps) {
  const items = (['for', 'against', 'unknown'] as const).flatMap((side) =>
    groupAlike(assessment[side]).map((group) => ({ group, sign: sides[side].sign })),
  );
  return (
    <fieldset ref={ref} className="chips">
      <legend>Which item decides it for you?</legend>
      {items.map(({ group, sign }) => (
        <label key={group.id} className="chip">
          <input
            type="radio"
            name="decisive"
            value={group.id}
            checked={chosen === group.id}
            onChange={() => onChoose(group.id)}
          />
          <span>
            <span aria-hidden="true">{sign} </span>
            {group.says}
          </span>
        </label>
      ))}
    </fieldset>
  );
}
