// The built console. Hashed assets may be kept for ever, its page never; every path of the console is that one page.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

export async function installConsole(app: FastifyInstance, folder: string): Promise<void> {
  await app.register(fastifyStatic, {
    root: path.resolve(folder),
    cacheControl: false,
    setHeaders: (reply, file) => {
      const isHashed = file.includes(`${path.sep}assets${path.sep}`);
      void reply.header('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
}

/** True for a person's navigation; a program that misses its route gets an error it can read. */
export function isNavigation(request: FastifyRequest): boolean {
  const isPage = request.method === 'GET' && !/^\/(api|live|assets)(\/|$)/.test(request.url);
  return isPage && (request.headers.accept ?? '').includes('text/html');
}

export async function sendConsolePage(reply: FastifyReply, folder: string): Promise<void> {
  const page = await readFile(path.join(folder, 'index.html'), 'utf8').catch(() => undefined);
  if (page !== undefined) {
    await reply.code(200).type('text/html; charset=utf-8').header('cache-control', 'no-cache').send(page);
    return;
  }
  await reply
    .code(503)
    .type('text/plain; charset=utf-8')
    .send(
      'The console is not built. The controller works, "petrov status" shows it. Build the console with "npm run build".\n',
    );
}
