// The sandbox's power switch, as a data centre has one: HTTP with a token, outside of every host and network that can be cut.
//   GET  /hosts/ID/power                        → 200 { "host": "orders-1", "power": "On" | "Off" }
//   POST /hosts/ID/power  { "power": "Off" }    → 202; how far it is, a GET tells
import { timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import { SandboxError } from '../errors.ts';
import type { Site } from '../site/site.ts';

const Turn = z.strictObject({ power: z.enum(['On', 'Off']) });
const BODY_BYTES_MAX = 4_096;

type Answer = { readonly status: number; readonly body: unknown };
type Deps = {
  readonly site: Pick<Site, 'isOn' | 'powerOff' | 'powerOn'>;
  readonly token: string;
  /** A turn that failed after it was taken. */
  readonly onProblem: (says: string) => void;
};

export class PowerSwitch implements AsyncDisposable {
  readonly #server: Server;
  readonly #deps: Deps;
  /** One turn of a host after the other. */
  readonly #turns = new Map<string, Promise<unknown>>();

  private constructor(deps: Deps) {
    this.#deps = deps;
    this.#server = createServer((request, response) => {
      void this.#respond(request).then(({ status, body }) => {
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      });
    });
  }

  static async start(deps: Deps): Promise<PowerSwitch> {
    const made = new PowerSwitch(deps);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    made.#server.once('error', reject);
    made.#server.listen(0, '127.0.0.1', resolve);
    await promise;
    return made;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    this.#server.closeAllConnections();
    await promise;
    await Promise.allSettled(this.#turns.values());
  }

  async #respond(request: IncomingMessage): Promise<Answer> {
    try {
      if (!this.#isKnown(request.headers.authorization)) return refuse(401, 'a bearer token is needed');
      return await this.#route(request);
    } catch (error) {
      if (error instanceof SandboxError && error.code === 'no-such-name') return refuse(404, error.message);
      const isForm = error instanceof z.ZodError || error instanceof SyntaxError;
      return refuse(isForm ? 400 : 500, error instanceof Error ? error.message : String(error));
    }
  }

  async #route(request: IncomingMessage): Promise<Answer> {
    const id = /^\/hosts\/([A-Za-z0-9._-]+)\/power$/.exec(request.url ?? '')?.[1];
    if (id === undefined) return refuse(404, 'there is /hosts/ID/power');
    const isOn = await this.#deps.site.isOn(id);
    if (request.method === 'GET') return { status: 200, body: { host: id, power: isOn ? 'On' : 'Off' } };
    if (request.method !== 'POST') return refuse(405, 'GET or POST');
    const { power } = Turn.parse(JSON.parse(await readBody(request)));
    this.#turn(id, power);
    return { status: 202, body: { host: id, asked: power } };
  }

  #turn(id: string, power: 'On' | 'Off'): void {
    const { site, onProblem } = this.#deps;
    const turned = (this.#turns.get(id) ?? Promise.resolve())
      .then<unknown>(() => (power === 'Off' ? site.powerOff(id) : site.powerOn(id)))
      .catch((error: unknown) => onProblem(`turning ${id} ${power} failed: ${String(error)}`));
    this.#turns.set(id, turned);
  }

  #isKnown(header: string | undefined): boolean {
    const [given, wanted] = [Buffer.from(header ?? ''), Buffer.from(`Bearer ${this.#deps.token}`)];
    return given.length === wanted.length && timingSafeEqual(given, wanted);
  }
}

function refuse(status: number, message: string): Answer {
  return { status, body: { error: message } };
}

async function readBody(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const part of request as AsyncIterable<Buffer>) {
    text += part.toString('utf8');
    if (text.length > BODY_BYTES_MAX) throw new SyntaxError('the body is too large');
  }
  return text;
}
