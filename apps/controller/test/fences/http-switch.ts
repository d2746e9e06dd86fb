// A power switch over HTTP that tests make lie, hang or fail, request by request.
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Heard = { readonly method: string; readonly url: string; readonly body: string; readonly key?: string };
export type Answer = (response: ServerResponse) => void;
/** What it answers to a turn and to a question; a question may be answered differently each time. */
export type Manner = { readonly turn: Answer; readonly status: Answer };

export const reply =
  (status: number, body: unknown = {}): Answer =>
  (response) =>
    void response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));
export const hang: Answer = () => undefined;
export const breakOff: Answer = (response) => void response.destroy();

export async function startSwitch(manner: Manner) {
  const heard: Heard[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (part: string) => (body += part));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      heard.push({ method, url, body, key: String(headers['x-api-key']) });
      (method === 'GET' ? manner.status : manner.turn)(response);
    });
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await promise;
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    heard,
    [Symbol.dispose]: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

export function httpFence(url: string) {
  const turn = (to: string) => ({ url: `${url}/machines/{{name}}/power`, body: `{"state":"${to}"}` });
  return {
    method: 'http',
    off: turn('off'),
    on: turn('on'),
    status: { url: `${url}/machines/{{name}}`, pointer: '/power/state', off: 'Off', on: 'On' },
    headers: { 'X-Api-Key': { secret: 'env:SWITCH_KEY' } },
    names: { 'orders-1': 'rack-7.slot-2' },
    answerWithinMs: 150,
    pollMs: 50,
  };
}
