// The raw answer behind a claim or an entry, key by key, as it was received.
export function RawSample({ sample }: { readonly sample: Readonly<Record<string, unknown>> }) {
  const entries = Object.entries(sample);
  if (entries.length === 0) return <p className="xs soft">The source sent nothing more.</p>;
  return (
    <dl className="raw">
      {entries.map(([key, value]) => (
        <RawEntry key={key} name={key} value={value} />
      ))}
    </dl>
  );
}

function RawEntry({ name, value }: { readonly name: string; readonly value: unknown }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{typeof value === 'string' ? value : JSON.stringify(value)}</dd>
    </>
  );
}
