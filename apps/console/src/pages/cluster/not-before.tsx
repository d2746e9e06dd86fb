// When a change that is asked for may begin, in the time of whoever types it; empty = at once after the approval.
type Props = { readonly value: string; readonly onChange: (value: string) => void };

export function NotBefore({ value, onChange }: Props) {
  return (
    <label className="s not-before">
      Not before, in your local time (empty: once it is approved)
      <input type="datetime-local" value={value} onChange={(event) => onChange(event.target.value)} />
    </label>
  );
}

/** Epoch ms; undefined when nothing, or nothing whole, is typed. */
export function momentOf(value: string): number | undefined {
  const ms = Date.parse(value);
  return Number.isNaN(ms) ? undefined : ms;
}
