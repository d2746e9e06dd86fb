// What every command is given: where to print, how to reach the controller, what was asked of all commands.
import { join } from 'node:path';
import type { CliEnvironment } from './config.ts';
import { connect } from './reach/connect.ts';
import type { Client } from './reach/client.ts';

type Writer = { readonly write: (text: string) => unknown; readonly isTTY?: boolean };

export type CliSettings = CliEnvironment & {
  /** The checkout: `var/` is under it. */
  readonly root: string;
  readonly osUser: string;
  readonly out: Writer & { readonly columns?: number };
  readonly err: Writer;
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
};

/** Options that stand before or after any command. */
export type GlobalOptions = {
  readonly json: boolean;
  readonly url?: string;
  readonly socket?: string;
  readonly data: string;
};

export type Cli = {
  readonly settings: CliSettings;
  readonly options: () => GlobalOptions;
  readonly setOptions: (options: GlobalOptions) => void;
  /** A line of the result. */
  readonly print: (text: string) => void;
  /** One object of the result, one line. */
  readonly printJson: (value: unknown) => void;
  /** The object under --json, else the text. */
  readonly answer: (value: unknown, text: () => string) => void;
  /** For the person, not for the result. */
  readonly note: (text: string) => void;
  readonly client: () => Promise<Client>;
};

export function makeCli(settings: CliSettings): Cli {
  let options: GlobalOptions = { json: false, data: join(settings.root, 'var') };
  const print = (text: string) => void settings.out.write(`${text}\n`);
  const printJson = (value: unknown) => print(JSON.stringify(value));
  return {
    settings,
    options: () => options,
    setOptions: (given) => {
      options = given;
    },
    print,
    printJson,
    answer: (value, text) => (options.json ? printJson(value) : print(text())),
    note: (text) => void settings.err.write(`${text}\n`),
    client: () => connect(settings, options),
  };
}
