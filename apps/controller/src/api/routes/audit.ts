// The record: a page of it, whether it's whole, and all of it as a file that verifies without this controller.
import { Readable } from 'node:stream';
import { AuditPage, AuditVerification } from '@petrov/core/wire';
import { z } from 'zod';
import { type ApiContext, type App, getIdentity } from '../context.ts';

const Query = z.object({
  before: z.coerce.number().int().min(1).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cluster: z.string().max(100).optional(),
});

export function addAuditRoutes(app: App, { deps }: ApiContext): void {
  app.get('/audit', { schema: { querystring: Query, response: { 200: AuditPage } } }, async (request) => {
    getIdentity(request);
    return await deps.audit.page(request.query);
  });
  app.get('/audit/verify', { schema: { response: { 200: AuditVerification } } }, async (request) => {
    getIdentity(request);
    return await deps.audit.verify();
  });
  app.get('/audit/export', async (request, reply) => {
    getIdentity(request);
    void reply
      .type('application/x-ndjson')
      .header('content-disposition', `attachment; filename="${deps.config.name}-audit.jsonl"`);
    return await reply.send(Readable.from(withNewlines(deps.audit.exportLines())));
  });
}

async function* withNewlines(lines: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const line of lines) yield `${line}\n`;
}
