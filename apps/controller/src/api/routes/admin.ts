// For terminals on the controller's host, over its own socket only: sign-in links, people, and ending their sessions.
import { NewUser, NewUserReply, SignInLink, SignInLinkRequest, UserView } from '@petrov/core/wire';
import { z } from 'zod';
import { createLink } from '../../auth/links.ts';
import { hashPassword, newTotp } from '../../auth/passwords.ts';
import { recordLinkMade, recordUserChange, revokeSessions } from '../../auth/sign-in.ts';
import { addUser, DEMO_OPERATOR, disableUser, findUser, listUsers, type User, viewUser } from '../../auth/users.ts';
import { type ApiContext, type App, getIdentity } from '../context.ts';
import { ApiFault, notFound } from '../errors.ts';

const ById = z.object({ id: z.string().max(100) });
const OfUser = z.object({ user: z.string().max(100) });

export function addAdminRoutes(app: App, context: ApiContext): void {
  const { auth } = context;
  app.post(
    '/admin/sign-in-links',
    { schema: { body: SignInLinkRequest, response: { 200: SignInLink } } },
    async (request) => {
      const user = await chooseUser(context, request.body.user);
      const { token, expiresAtMs } = await createLink(auth.pool, user.id, auth.nowMs());
      await recordLinkMade(auth, getIdentity(request), user);
      return { url: `${context.site().url}/sign-in#token=${token}`, user: user.name, role: user.role, expiresAtMs };
    },
  );
  app.get('/admin/users', { schema: { response: { 200: z.array(UserView) } } }, async () =>
    (await listUsers(auth.pool)).map(viewUser),
  );
  app.post('/admin/users', { schema: { body: NewUser, response: { 200: NewUserReply } } }, async (request) => {
    const { name, role, password, withTotp } = request.body;
    const totp = withTotp ? newTotp(name) : undefined;
    const passwordHash = password === undefined ? undefined : await hashPassword(password);
    const user = await addUser(auth.pool, { name, role, passwordHash, totpSecret: totp?.secret });
    if (user === undefined) {
      throw new ApiFault(
        409,
        'name-taken',
        `There is a user "${name}" already. Nothing was changed. Choose another name.`,
      );
    }
    const by = getIdentity(request);
    await recordUserChange(auth, by, { says: `${by.name} added ${name} as ${role}.`, user });
    return { ...viewUser(user), ...(totp === undefined ? {} : { totpUrl: totp.url }) };
  });
  app.post('/admin/users/:id/disable', { schema: { params: ById, response: { 200: UserView } } }, async (request) => {
    const known = await getUser(context, request.params.id);
    const user = (await disableUser(auth.pool, known.id)) ?? known;
    const by = getIdentity(request);
    await revokeSessions(auth, user, by);
    await recordUserChange(auth, by, { says: `${by.name} disabled ${user.name}.`, user });
    return viewUser(user);
  });
  app.post(
    '/admin/sessions/revoke',
    { schema: { body: OfUser, response: { 200: z.object({ revoked: z.number() }) } } },
    async (request) => {
      const user = await getUser(context, request.body.user);
      return { revoked: await revokeSessions(auth, user, getIdentity(request)) };
    },
  );
}

async function getUser({ auth }: ApiContext, idOrName: string): Promise<User> {
  const user = await findUser(auth.pool, idOrName);
  if (user === undefined) throw notFound('user', idOrName);
  return user;
}

/** The one named; else the demo operator; else the only one there is. */
async function chooseUser(context: ApiContext, named: string | undefined): Promise<User> {
  const enabled = (await listUsers(context.auth.pool)).filter((user) => user.disabled_at === null);
  if (named !== undefined) {
    const user = enabled.find(({ id, name }) => id === named || name === named);
    if (user === undefined) throw notFound('enabled user', named);
    return user;
  }
  const user = enabled.find(({ id }) => id === DEMO_OPERATOR.id) ?? (enabled.length === 1 ? enabled[0] : undefined);
  if (user !== undefined) return user;
  throw new ApiFault(
    400,
    'no-user-named',
    enabled.length === 0
      ? 'Nobody can sign in yet. No link was made. Add the first person with "petrov users add NAME --role approver".'
      : `Say for whom: ${enabled.map(({ name }) => `"${name}"`).join(', ')}. No link was made. Use "petrov sign-in-link --user NAME".`,
    'body.user',
  );
}
