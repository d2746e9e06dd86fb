// What goes beyond the policy takes two people: said before anybody answers, and how many have. What the first one thought is
// shown to nobody before the second has decided; each accepts by name what is beyond.
import type { Overrides } from '@petrov/core/approval';
import type { Plan } from '@petrov/core/plan';
import type { ProposalView } from '@petrov/core/wire';
import { formatBytes } from '../../words/index.ts';

export function TwoPeople({ approvals, me }: { readonly approvals: ProposalView['approvals']; readonly me: string }) {
  const { people, because, by } = approvals;
  if (people < 2) return null;
  const isFirst = by.includes(me);
  return (
    <section className="card stack tight" aria-labelledby="two-people">
      <h2 id="two-people">
        {by.length === 0 ? 'This takes two people' : `${by.length} of ${people}, another person is needed`}
      </h2>
      <p className="s">
        Because {because.join(', and ')}. {isFirst && 'You have approved it; it counts while nothing in it changes. '}
        Each decides by themselves; nothing runs before both have.
      </p>
    </section>
  );
}

/** All that this plan has beyond the policy, as it is shown. */
export function overridesOf({ loss, fence }: Plan): Overrides {
  return { lossBytes: loss.capBytes, ...(fence.method === 'unfenced' ? { unfenced: fence.member } : {}) };
}

type AcceptProps = {
  readonly ref: React.Ref<HTMLInputElement>;
  readonly plan: Plan;
  readonly isAccepted: boolean;
  readonly onChange: (isAccepted: boolean) => void;
};

export function AcceptBeyond({ ref, plan, isAccepted, onChange }: AcceptProps) {
  const { loss, fence } = plan;
  return (
    <label className="accept">
      <input ref={ref} type="checkbox" checked={isAccepted} onChange={(event) => onChange(event.target.checked)} />
      <span>
        I accept that up to {formatBytes(loss.capBytes)} of commits are lost
        {fence.method === 'unfenced' && `, and that ${fence.member} may still take writes`}.
      </span>
    </label>
  );
}
