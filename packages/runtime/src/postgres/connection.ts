// One connection to a server that may be ill. Every wait has a deadline that holds against a black hole, and ending it
// frees its socket at once: the stream is destroyed, `end()` (which may wait for ever) is never called.
import { isIP, Socket } from 'node:net';
import pg from 'pg';
import type { Secret } from '../secrets/index.ts';
import { DeadlinePassed, type Phase } from './failure.ts';

export type Target = {
  /** A name, an address, or the folder of a unix socket. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  readonly password?: Secret | undefined;
  readonly applicationName: string;
  /** Settings of the session, such as `-c statement_timeout=2000`. */
  readonly options?: string | undefined;
};

export type Answer = {
  readonly rows: readonly Record<string, unknown>[];
  /** Messages of warnings that came with it: an OK with a warning isn't always OK. */
  readonly warnings: readonly string[];
};

/** A connection that was open ended without us. */
export class ConnectionLost extends Error {
  readonly code = 'connection-lost';
}

export class Connection {
  readonly #client: pg.Client;
  readonly #socket: Socket;
  readonly #target: Target;
  readonly #onLost = new Set<(error: Error) => void>();
  #warnings: string[] = [];
  #ended = false;
  #phase: Phase;

  private constructor(target: Target) {
    this.#target = target;
    this.#socket = new Socket();
    const local = target.host.startsWith('/') || isIP(target.host) !== 0;
    this.#phase = local ? 'connect' : 'dns';
    this.#socket.once('lookup', () => {
      this.#phase = 'connect';
    });
    this.#socket.once('connect', () => {
      this.#phase = 'startup';
    });
    this.#client = new pg.Client({
      host: target.host,
      port: target.port,
      user: target.user,
      database: target.database,
      password: target.password?.reveal() ?? '',
      application_name: target.applicationName,
      options: target.options,
      stream: () => this.#socket,
    });
    this.#client.on('error', (error) => this.#lose(error));
    this.#client.on('end', () => this.#lose(new ConnectionLost('the connection was closed')));
    this.#client.on('notice', (notice) => {
      if (notice.severity === 'WARNING') this.#warnings.push(notice.message ?? 'a warning');
    });
  }

  /** Rejects with the server's or system's error, or DeadlinePassed; nothing is left open then. */
  static async open(target: Target, withinMs: number): Promise<Connection> {
    const connection = new Connection(target);
    try {
      await connection.#within(connection.#client.connect(), withinMs);
      connection.#phase = 'query';
      return connection;
    } catch (error) {
      connection.destroy();
      throw error;
    }
  }

  get isOpen(): boolean {
    return !this.#ended;
  }

  /** The server process behind it; undefined where a pooler doesn't say. */
  get processId(): number | undefined {
    return this.#keyData().processID;
  }

  /** Called once, at once, when the connection breaks while nobody asked it to. */
  onLost(listener: (error: Error) => void): void {
    this.#onLost.add(listener);
  }

  /** One at a time. After DeadlinePassed the answer may still be under way: destroy it, or await `settled`. */
  async query(text: string, withinMs: number): Promise<Answer> {
    return this.#within(this.send(text), withinMs);
  }

  /** The query without a deadline, for a caller that keeps one of its own and goes on waiting past it. */
  async send(text: string): Promise<Answer> {
    if (this.#ended) throw new ConnectionLost('the connection is closed');
    this.#warnings = [];
    const result: unknown = await this.#client.query(text);
    const last: unknown = Array.isArray(result) ? result.at(-1) : result; // several statements: an array of results
    return { rows: last instanceof pg.Result ? last.rows : [], warnings: this.#warnings };
  }

  /** Asks the server to cancel what this connection waits for: a short connection of its own that needs no role. */
  async cancel(withinMs: number): Promise<void> {
    const { processID, secretKey } = this.#keyData();
    if (processID === undefined || secretKey === undefined) return;
    const request = Buffer.alloc(16);
    request.writeInt32BE(16, 0);
    request.writeInt32BE(80_877_102, 4); // CancelRequest, PostgreSQL manual, "Message Formats"
    request.writeInt32BE(processID, 8);
    request.writeInt32BE(secretKey, 12);
    const socket = new Socket();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    socket.once('error', reject);
    socket.once('close', () => resolve());
    socket.once('connect', () => socket.end(request));
    const { host, port } = this.#target;
    if (host.startsWith('/')) socket.connect(`${host}/.s.PGSQL.${port}`);
    else socket.connect(port, host);
    const timer = setTimeout(() => socket.destroy(new DeadlinePassed('connect', withinMs)), withinMs);
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      socket.destroy();
    }
  }

  /** Frees the socket now. What waits on it is rejected. */
  destroy(): void {
    this.#ended = true;
    this.#onLost.clear();
    this.#socket.destroy();
  }

  /** Says goodbye, so that the server's session ends now too, and frees the socket within the bound. */
  async close(withinMs = 200): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    this.#onLost.clear();
    await this.#within(this.#client.end(), withinMs).catch(() => undefined);
    this.#socket.destroy();
  }

  /** BackendKeyData of the session; pg has it and its types don't. */
  #keyData(): { readonly processID: number | undefined; readonly secretKey: number | undefined } {
    const read = (name: string): number | undefined => {
      const value: unknown = Reflect.get(this.#client, name);
      return typeof value === 'number' ? value : undefined;
    };
    return { processID: read('processID'), secretKey: read('secretKey') };
  }

  #lose(error: Error): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#socket.destroy();
    const told = [...this.#onLost];
    this.#onLost.clear();
    for (const listener of told) listener(error);
  }

  async #within<T>(work: Promise<T>, withinMs: number): Promise<T> {
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => reject(new DeadlinePassed(this.#phase, withinMs)), withinMs);
    work.catch(() => undefined); // it may lose the race: its failure is then told by the deadline
    try {
      return await Promise.race([work, late]);
    } catch (error) {
      throw named(error);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** pg says "Connection terminated" without a code: it's given one. */
function named(error: unknown): unknown {
  const isNameless = error instanceof Error && error.message.startsWith('Connection terminated') && !('code' in error);
  return isNameless ? new ConnectionLost(error.message, { cause: error }) : error;
}

/** Opens, works, frees: `connectMs` for the session, `queryMs` for each query of `ask`. */
export async function withConnection<T>(
  target: Target,
  deadlines: { readonly connectMs: number; readonly queryMs: number },
  work: (ask: (text: string) => Promise<Answer>) => Promise<T>,
): Promise<T> {
  const connection = await Connection.open(target, deadlines.connectMs);
  try {
    return await work((text) => connection.query(text, deadlines.queryMs));
  } catch (error) {
    connection.destroy();
    throw error;
  } finally {
    await connection.close();
  }
}
