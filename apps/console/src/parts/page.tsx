// A page's head: where we are in small, the answer as the one h1, an explanation; and the tab's title.
import type { ReactNode } from 'react';

type Props = {
  readonly title: string;
  readonly where?: ReactNode;
  readonly lead?: ReactNode;
  readonly tab?: string;
};

export function PageHead({ title, where, lead, tab }: Props) {
  return (
    <header className="stack page-head">
      <title>{`${tab ?? title} · Petrov`}</title>
      {where !== undefined && <div className="row s soft">{where}</div>}
      <h1>{title}</h1>
      {lead !== undefined && <p className="lead">{lead}</p>}
    </header>
  );
}
