// A sign, a word and its colour: the only way this console colours a judgment.
import type { Mark as MarkWords } from '../words/index.ts';

export function Mark({ mark }: { readonly mark: MarkWords }) {
  return (
    <span className={`mark tone-${mark.tone}`}>
      <span aria-hidden="true">{mark.sign} </span>
      {mark.word}
    </span>
  );
}

/** The environment in colour and word; production is filled, a sandbox dashed. */
export function EnvironmentTag({ environment }: { readonly environment: string }) {
  return <span className={`tag ${environment}`}>{environment.toUpperCase()}</span>;
}
