// Secrets stand in configuration by reference: `file:/path` or `env:NAME`. Once read, one is a Secret: whatever prints it
// prints [secret]; only `reveal()` gives it away, at the place that needs it.
import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';

const SHOWN = '[secret]';

export class Secret {
  readonly #text: string;
  constructor(text: string) {
    this.#text = text;
  }
  reveal(): string {
    return this.#text;
  }
  toString(): string {
    return SHOWN;
  }
  toJSON(): string {
    return SHOWN;
  }
  [inspect.custom](): string {
    return SHOWN;
  }
}

export class SecretUnreadable extends Error {
  readonly code = 'secret-unreadable';
}

/** What `file:/path` holds (without its last line break) or `env:NAME` is set to. Throws SecretUnreadable. */
export function resolveSecret(reference: string, env: NodeJS.ProcessEnv = process.env): Secret {
  if (reference.startsWith('file:')) return readSecretFile(reference.slice('file:'.length));
  if (!reference.startsWith('env:')) {
    throw new SecretUnreadable('A secret stands in configuration by reference only: file:/path/to/it or env:NAME.');
  }
  const name = reference.slice('env:'.length);
  const text = env[name];
  if (text === undefined || text === '') {
    throw new SecretUnreadable(`The secret ${reference} can't be read: the environment variable ${name} is not set.`);
  }
  return new Secret(text);
}

function readSecretFile(path: string): Secret {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new SecretUnreadable(`The secret file:${path} can't be read: ${why}`, { cause: error });
  }
  const secret = text.replace(/\r?\n$/, '');
  if (secret === '') throw new SecretUnreadable(`The secret file:${path} is empty.`);
  return new Secret(secret);
}
