// One side of the evidence: each claim with who says it, for how long, how fresh, and the raw sample on a tap. An empty
// "against" names where it was looked. Used wherever evidence stands.
import type { Assessment, Evidence } from '@petrov/core/assessment';
import { useId } from 'react';
import {
  countOf,
  type EvidenceGroup,
  formatAge,
  formatSpan,
  groupAlike,
  type SeenItem,
  type Side,
  sides,
  toneOfSide,
  whoSays,
} from '../words/index.ts';
import { RawSample } from './raw-sample.tsx';

type Props = {
  readonly side: Side;
  readonly verdict: Assessment['verdict'];
  readonly items: readonly (Evidence | SeenItem)[];
  readonly lookedIn: readonly string[];
  readonly nowMs: number;
  readonly onOpenRaw?: () => void;
};

export function EvidenceSide({ side, verdict, items, lookedIn, nowMs, onOpenRaw }: Props) {
  const heading = useId();
  const { sign, word } = sides[side];
  return (
    <section
      className={`evidence ${toneOfSide(side, verdict)}${items.length === 0 ? ' none' : ''}`}
      aria-labelledby={heading}
    >
      <h2 id={heading}>
        <span>
          <span aria-hidden="true">{sign} </span>
          {word}: {countOf(side, items)}
        </span>
        <span className="right">{aside(side, items, lookedIn, nowMs)}</span>
      </h2>
      {items.length === 0 ? (
        <p className="s">{emptyText(side, lookedIn)}</p>
      ) : (
        <ul>
          {groupAlike(items).map((group) => (
            <GroupRow key={group.id} group={group} nowMs={nowMs} {...(onOpenRaw === undefined ? {} : { onOpenRaw })} />
          ))}
        </ul>
      )}
    </section>
  );
}

type GroupProps = {
  readonly group: EvidenceGroup<Evidence | SeenItem>;
  readonly nowMs: number;
  readonly onOpenRaw?: () => void;
};

/** One claim; where several sources make it, opening it shows each of them. */
function GroupRow({ group, nowMs, onOpenRaw }: GroupProps) {
  const { items, says } = group;
  const [first] = items;
  const isOpenable = items.length > 1 || first.sample !== undefined;
  const claim = <Claim items={items} says={says} nowMs={nowMs} />;
  if (!isOpenable) {
    return (
      <li>
        <div className="claim">{claim}</div>
      </li>
    );
  }
  return (
    <li>
      <details onToggle={(event) => event.currentTarget.open && onOpenRaw?.()}>
        <summary className="claim">{claim}</summary>
        {items.length === 1 ? (
          <RawSample sample={first.sample ?? {}} />
        ) : (
          <ul className="each">
            {items.map((item) => (
              <li key={item.id}>
                <div className="claim">
                  <Claim items={[item]} says={item.says} nowMs={nowMs} />
                </div>
                {item.sample !== undefined && <RawSample sample={item.sample} />}
              </li>
            ))}
          </ul>
        )}
      </details>
    </li>
  );
}

type ClaimProps = {
  readonly items: EvidenceGroup<Evidence | SeenItem>['items'];
  readonly says: string;
  readonly nowMs: number;
};

function Claim({ items, says, nowMs }: ClaimProps) {
  const isGone = items.every((item) => 'isGone' in item && item.isGone);
  const isNew = items.some((item) => 'isNew' in item && item.isNew);
  const seen = items.flatMap((item) => item.seenAtMs ?? []);
  return (
    <>
      <span>
        {isNew && <span className="tag">new</span>} <span className={isGone ? 'gone' : undefined}>{says}</span>
        {isGone && ' (not seen any more)'}
      </span>
      <span className="held">
        <span className="visually-hidden">for </span>
        {formatSpan(nowMs - Math.min(...items.map((item) => item.sinceAtMs)))}
      </span>
      <span className="who">
        {whoSays(items)}
        {seen.length > 0 && ` · seen ${formatAge(Math.min(...seen), nowMs)}`}
      </span>
    </>
  );
}

function aside(side: Side, items: readonly Evidence[], lookedIn: readonly string[], nowMs: number): string {
  if (items.length > 0) {
    const oldest = Math.min(...items.map((item) => item.sinceAtMs));
    return side === 'unknown' ? '' : `oldest ${formatSpan(nowMs - oldest)}`;
  }
  return side === 'against' && lookedIn.length > 0 ? `looked in ${lookedIn.length} places` : '';
}

function emptyText(side: Side, lookedIn: readonly string[]): string {
  if (side === 'unknown') return 'Every source that was asked has answered.';
  if (side === 'for') return 'Nobody, of any kind, reports anything wrong.';
  return lookedIn.length === 0 ? 'Nothing speaks against it.' : `Looked in: ${lookedIn.join(', ')}.`;
}
