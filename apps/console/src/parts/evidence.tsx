// One side of the evidence: each claim with who says it, for how long, how fresh, and the raw sample on a tap. An empty
// "against" names where it was looked. Used wherever evidence stands.
import type { Assessment, Evidence } from '@petrov/core/assessment';
import { useId } from 'react';
import {
  countOf,
  formatAge,
  formatSpan,
  type SeenItem,
  sides,
  type Side,
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
    <section className={`evidence ${toneOfSide(side, verdict)}`} aria-labelledby={heading}>
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
          {items.map((item) => (
            <EvidenceItem key={item.id} item={item} nowMs={nowMs} {...(onOpenRaw === undefined ? {} : { onOpenRaw })} />
          ))}
        </ul>
      )}
    </section>
  );
}

type ItemProps = { readonly item: Evidence | SeenItem; readonly nowMs: number; readonly onOpenRaw?: () => void };

function EvidenceItem({ item, nowMs, onOpenRaw }: ItemProps) {
  const isGone = 'isGone' in item && item.isGone;
  const isNew = 'isNew' in item && item.isNew;
  const claim = (
    <>
      <span>
        {isNew && <span className="tag">new</span>} <span className="words">{item.says}</span>
        {isGone && ' (not seen any more)'}
      </span>
      <span className="held">
        <span className="visually-hidden">for </span>
        {formatSpan(nowMs - item.sinceAtMs)}
      </span>
      <span className="who">
        {whoSays(item)}
        {item.seenAtMs !== undefined && ` · seen ${formatAge(item.seenAtMs, nowMs)}`}
      </span>
    </>
  );
  if (item.sample === undefined) {
    return (
      <li className={isGone ? 'gone' : undefined}>
        <div className="claim">{claim}</div>
      </li>
    );
  }
  return (
    <li className={isGone ? 'gone' : undefined}>
      <details onToggle={(event) => event.currentTarget.open && onOpenRaw?.()}>
        <summary className="claim">{claim}</summary>
        <RawSample sample={item.sample} />
      </details>
    </li>
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
