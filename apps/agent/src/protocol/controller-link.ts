// Speaks HTTP to the controller: over a unix socket or TLS. Every request ends by its bound; everything sent is signed.
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import type { Signer } from '@petrov/runtime/signing';
import { z } from 'zod';

const ANSWER_BYTES_MAX = 131_072;

export type Reply = { readonly status: number; readonly body: string };
export class ControllerAway extends Error {
  readonly code = 'controller-away';
}

export class ControllerLink {
  readonly #to: RequestOptions;
  readonly #request: (options: RequestOptions) => ClientRequest;
  readonly #agent: string;
  readonly #signer: Signer;
  /** Told when the controller has taken what was sent at that moment, by this process's monotonic clock. */
  onTaken: ((sentAtMs: number) => void) | undefined;

  constructor(controller: string, agent: string, signer: Signer) {
    this.#agent = agent;
    this.#signer = signer;
    if (controller.startsWith('unix:')) {
      this.#to = { socketPath: controller.replace(/^unix:(\/\/)?/, ''), host: 'petrov' };
      this.#request = httpRequest;
    } else {
      const url = new URL(controller);
      if (url.protocol !== 'https:')
        throw new ControllerAway(`the controller is unix:/path or https://host:port, not ${controller}`);
      this.#to = { host: url.hostname, port: url.port === '' ? 443 : url.port };
      this.#request = httpsRequest;
    }
  }

  /** `message` signed by this agent. */
  send(path: string, message: unknown, within: { ms: number; signal?: AbortSignal }): Promise<Reply> {
    const body = JSON.stringify(message);
    return this.post(path, { agent: this.#agent, body, signature: this.#signer.sign(body) }, within);
  }

  sendBatch(batch: unknown, within: { ms: number; signal?: AbortSignal }): Promise<Reply> {
    const text = JSON.stringify(batch);
    return this.post('/agent/v1/observations', { batch: text, signature: this.#signer.sign(text) }, within);
  }

  async post(path: string, message: unknown, within: { ms: number; signal?: AbortSignal }): Promise<Reply> {
    const text = JSON.stringify(message);
    const sentAtMs = performance.now();
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
    const signal = AbortSignal.any([AbortSignal.timeout(within.ms), ...(within.signal ? [within.signal] : [])]);
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const request = this.#request({ ...this.#to, method: 'POST', path, headers, signal });
    request.once('response', resolve);
    request.once('error', reject);
    request.end(text);
    try {
      const response = await promise;
      const { statusCode: status = 0 } = response;
      const reply = { status, body: await readAll(response) };
      if (status === 200 || status === 204) this.onTaken?.(sentAtMs);
      return reply;
    } catch (error) {
      throw new ControllerAway(
        `the controller doesn't answer: ${error instanceof Error ? error.message : String(error)}`,
        { cause: error },
      );
    }
  }
}

async function readAll(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response) {
    const bytes = z.instanceof(Buffer).parse(chunk);
    length += bytes.length;
    if (length > ANSWER_BYTES_MAX) {
      response.destroy();
      throw new ControllerAway(`the controller's answer is longer than ${ANSWER_BYTES_MAX} bytes`);
    }
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}
