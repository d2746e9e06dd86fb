// A reason in a few words, typed or with one tap.
type Props = {
  readonly ref?: React.Ref<HTMLTextAreaElement>;
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly suggestions: readonly string[];
};

export function ReasonField({ ref, label, value, onChange, suggestions }: Props) {
  return (
    <div className="stack reason">
      <label>
        {label}
        <textarea
          ref={ref}
          rows={2}
          maxLength={2_000}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      </label>
      <div className="row" role="group" aria-label="Suggestions">
        {suggestions.map((suggestion) => (
          <button key={suggestion} type="button" className="small suggestion" onClick={() => onChange(suggestion)}>
            {suggestion}
          </button>
        ))}
      </div>
    </div>
  );
}
