// The sandbox's panel: what can be broken and healed there. It exists only where this process built its own sandbox.
import { FaultRequest, InboxView, SandboxView } from '@petrov/core/wire';
import { z } from 'zod';
import { auditActorOf, type Identity } from '../../auth/identity.ts';
import { type ApiContext, type App, getIdentity } from '../context.ts';
import { ApiFault } from '../errors.ts';
import { askSandbox } from '../sandbox-client.ts';

export function addSandboxRoutes(app: App, context: ApiContext): void {
  app.get('/sandbox', { schema: { response: { 200: SandboxView } } }, async (request) => {
    getIdentity(request);
    return SandboxView.parse(await askSandbox(getSocket(context), { method: 'GET', path: '/sandbox' }));
  });
  app.get('/sandbox/inbox', { schema: { response: { 200: InboxView } } }, async (request) => {
    getIdentity(request);
    return InboxView.parse(await askSandbox(getSocket(context), { method: 'GET', path: '/sandbox/inbox' }));
  });
  app.post(
    '/sandbox/faults',
    { schema: { body: FaultRequest, response: { 200: z.unknown() } } },
    async (request) => await change(context, getIdentity(request), 'faults', request.body),
  );
  app.post(
    '/sandbox/heal',
    { schema: { body: z.unknown(), response: { 200: z.unknown() } } },
    async (request) => await change(context, getIdentity(request), 'heal', request.body ?? {}),
  );
  app.all('/sandbox/*', (request) => {
    getIdentity(request);
    getSocket(context);
    throw new ApiFault(
      404,
      'no-such-route',
      'The sandbox has no such part. Nothing was changed. See "petrov sandbox --help".',
    );
  });
}

async function change(context: ApiContext, by: Identity, what: 'faults' | 'heal', body: unknown): Promise<unknown> {
  const socket = getSocket(context);
  if (by.role === 'viewer') {
    throw new ApiFault(
      403,
      'role-lacks-right',
      `${by.name} is viewer; to break or heal the sandbox takes an operator. Nothing was changed.`,
    );
  }
  const answer = await askSandbox(socket, { method: 'POST', path: `/sandbox/${what}`, body });
  await context.deps.audit.append({
    atMs: context.deps.clock.nowMs(),
    code: 'P7001',
    says: describe(by, what, body),
    actor: auditActorOf(by),
    payload: { what, request: body },
  });
  context.sandboxChanged();
  return answer ?? {};
}

function describe(by: Identity, what: 'faults' | 'heal', body: unknown): string {
  const fault = FaultRequest.safeParse(body);
  if (what === 'faults' && fault.success) {
    return `${by.name} injected the fault ${[fault.data.name, ...fault.data.args].join(' ')} in the sandbox.`;
  }
  return `${by.name} healed the sandbox.`;
}

function getSocket({ deps }: ApiContext): string {
  const socket = deps.config.sandboxSocket;
  if (socket === undefined) {
    throw new ApiFault(
      404,
      'no-sandbox',
      'This controller has no sandbox: it guards configured clusters, and nothing can be broken from here. For a sandbox start "petrov up" without a configuration.',
    );
  }
  return socket;
}
