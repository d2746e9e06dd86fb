// Can the old primary still take writes? The question as a heading, the answer's first word before its proof: what nobody
// may have to look for, or guess from the name of a fence.
import { useId } from 'react';

type Props = {
  readonly question: string;
  /** Begins with its answer: "No, once …", "Yes: …". */
  readonly says: string;
  readonly level?: 'h2' | 'h3';
};

export function StillWrites({ question, says, level: Heading = 'h2' }: Props) {
  const heading = useId();
  const [, answer = '', rest = says] = /^(Yes|No)\b(.*)$/s.exec(says) ?? [];
  return (
    <section className="card stack tight still-writes" aria-labelledby={heading}>
      <Heading id={heading}>{question}</Heading>
      <p className="s">
        {answer !== '' && <strong>{answer}</strong>}
        {rest}
      </p>
    </section>
  );
}
