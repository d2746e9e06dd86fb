// One HTTP request with a bound on time and on the size of the answer. Certificates are always verified; redirects are not
// followed, since the destination is what the configuration says. Whatever isn't a whole answer is unclear.
import { sayDuration } from '@petrov/core/assessment';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';

const ANSWER_BYTES_MAX = 65_536;

export type Called =
  | { readonly is: 'answered'; readonly status: number; readonly text: string }
  | { readonly is: 'unclear'; readonly says: string };

export type CallOptions = {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** PEM of the authorities to trust; absent: the usual ones. */
  readonly ca?: string | undefined;
  readonly withinMs: number;
};

/** Never rejects. */
export function call({ method, url, headers, body, ca, withinMs }: CallOptions): Promise<Called> {
  const { promise, resolve } = Promise.withResolvers<Called>();
  const unclear = (error: Error & { code?: string }): void => {
    const says = signal.aborted
      ? `it didn't answer within ${sayDuration(withinMs)}`
      : `it can't be asked (${error.code ?? error.message})`;
    resolve({ is: 'unclear', says });
  };
  const signal = AbortSignal.timeout(withinMs);
  const typed =
    body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  const options = { method, signal, agent: false, headers: { 'user-agent': 'petrov', ...typed, ...headers } };
  const send = url.startsWith('https:') ? httpsRequest : httpRequest;
  const request = send(url, ca === undefined ? options : { ...options, ca }, (response) => {
    const parts: Buffer[] = [];
    let bytes = 0;
    response.on('data', (part: Buffer) => {
      bytes += part.length;
      if (bytes <= ANSWER_BYTES_MAX) parts.push(part);
      else response.destroy(new Error(`its answer is longer than ${ANSWER_BYTES_MAX} bytes`));
    });
    response.on('end', () =>
      resolve({ is: 'answered', status: response.statusCode ?? 0, text: Buffer.concat(parts).toString('utf8') }),
    );
    response.on('error', unclear);
  });
  request.on('error', unclear);
  request.end(body);
  return promise;
}
