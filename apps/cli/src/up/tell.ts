// What `petrov up` says: a line for each phase, then the address, the sign-in link and what to try.
import type { Cli } from '../cli.ts';

export type Ready = { readonly url: string; readonly signIn: string; readonly hasSandbox: boolean };

export type UpTeller = {
  readonly phase: (phase: string, says: string, atMs: number) => void;
  readonly problem: (says: string) => void;
  readonly ready: (ready: Ready) => void;
  readonly note: (says: string) => void;
};

/** Under --json: JSON Lines of events, `ready` among them; else text for a person. */
export function createUpTeller(cli: Cli): UpTeller {
  const isJson = cli.options().json;
  return {
    phase: (phase, says, atMs) => {
      if (isJson) cli.printJson({ type: 'progress', phase, says, seconds: round(atMs) });
      else cli.print(`  ${round(atMs).toFixed(1).padStart(5)} s  ${says}`);
    },
    problem: (says) => {
      if (isJson) cli.printJson({ type: 'problem', says });
      else cli.note(`\n  !  ${says}\n`);
    },
    ready: ({ url, signIn, hasSandbox }) => {
      if (isJson) cli.printJson({ type: 'ready', url, signIn });
      else cli.print(tellReady({ url, signIn, hasSandbox }));
    },
    note: (says) => {
      if (isJson) cli.printJson({ type: 'note', says });
      else cli.print(says);
    },
  };
}

function tellReady({ url, signIn, hasSandbox }: Ready): string {
  const next = hasSandbox
    ? [
        'Open    the link above: the set orders, live.',
        'Break   press "Kill the primary", or: npx petrov sandbox fault kill orders-1',
        'Decide  approve or reject in the console, or: npx petrov proposals, npx petrov approve ID --reason "…"',
        'Look    npx petrov status',
        'Prove   npx petrov audit verify',
      ]
    : ['Look    npx petrov status', 'Decide  npx petrov proposals', 'Prove   npx petrov audit verify'];
  return [
    '',
    `Petrov runs at ${url}`,
    ...(signIn === ''
      ? []
      : [`Sign in, once, within ten minutes: ${signIn}`, '  (another link: npx petrov sign-in-link)']),
    '',
    ...next.map((line) => `  ${line}`),
    '',
    `Ctrl-C ends it${hasSandbox ? ' and takes the sandbox down; the record stays' : ''}.`,
  ].join('\n');
}

function round(ms: number): number {
  return Math.round(ms / 100) / 10;
}
