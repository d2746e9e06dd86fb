// Sign-in by a one-time link or by password, sign-out, revocation; each of them, the failed ones too, on the record.
// A refusal never says whether the name or the password was wrong.
import type { AuditCode, AuditDraft } from '@petrov/core/engine';
import type { PasswordSignIn } from '@petrov/core/wire';
import type { Pool } from 'pg';
import { auditActorOf, type Identity } from './identity.ts';
import { useLink } from './links.ts';
import { consumeTotp, isPasswordOf } from './passwords.ts';
import type { HowSignedIn, Sessions } from './sessions.ts';
import { findUser, type User } from './users.ts';

export type Auth = {
  readonly pool: Pool;
  readonly sessions: Sessions;
  readonly nowMs: () => number;
  readonly append: (entry: AuditDraft) => Promise<void>;
};
export type SignInAnswer =
  | { readonly ok: true; readonly token: string }
  | { readonly ok: false; readonly code: string; readonly says: string };

export async function signInByLink(auth: Auth, token: string): Promise<SignInAnswer> {
  const userId = await useLink(auth.pool, token, auth.nowMs());
  const user = userId === undefined ? undefined : await findUser(auth.pool, userId);
  if (user === undefined || user.disabled_at !== null) {
    await auth.append(refused(auth, 'a sign-in link', 'unknown, used before, or older than ten minutes'));
    return {
      ok: false,
      code: 'link-not-valid',
      says:
        'This sign-in link was used before, is older than ten minutes, or was never made. You are not signed in. ' +
        'Print a fresh one on the controller’s host with "petrov sign-in-link".',
    };
  }
  return await open(auth, user, 'link');
}

export async function signInByPassword(auth: Auth, given: PasswordSignIn): Promise<SignInAnswer> {
  const user = await findUser(auth.pool, given.name);
  const isKnown = (await isPasswordOf(user, given.password)) && user?.disabled_at === null;
  if (!isKnown) return await refusePassword(auth, given.name, 'name or password');
  if (user.totp_secret === null) return await open(auth, user, 'password');
  const isCodeRight = given.totp !== undefined && (await consumeTotp(auth.pool, user, given.totp, auth.nowMs()));
  return isCodeRight ? await open(auth, user, 'password+totp') : await refusePassword(auth, given.name, 'code');
}

export async function signOut(auth: Auth, identity: Identity): Promise<void> {
  if (identity.session === undefined) return;
  await auth.sessions.revoke(identity.session.id);
  await auth.append(entry(auth, auditActorOf(identity), { code: 'P5003', says: `${identity.name} signed out.` }));
}

/** Ends every session of a user at once, and with each its sockets. */
export async function revokeSessions(auth: Auth, user: User, by: Identity): Promise<number> {
  const revoked = await auth.sessions.revokeAllOf(user.id);
  const says = `${by.name} ended ${revoked} ${revoked === 1 ? 'session' : 'sessions'} of ${user.name}.`;
  await auth.append(entry(auth, auditActorOf(by), { code: 'P5003', says, payload: { user: user.id, revoked } }));
  return revoked;
}

/** A change to who may do what. */
export async function recordUserChange(
  auth: Auth,
  by: Identity,
  { says, user }: { readonly says: string; readonly user: User },
): Promise<void> {
  const payload = { user: user.id, name: user.name, role: user.role };
  await auth.append(entry(auth, auditActorOf(by), { code: 'P5006', says, payload }));
}

export async function recordLinkMade(auth: Auth, by: Identity, user: User): Promise<void> {
  const says = `${by.name} printed a sign-in link for ${user.name} (${user.role}).`;
  await auth.append(entry(auth, auditActorOf(by), { code: 'P5004', says, payload: { user: user.id } }));
}

async function open(auth: Auth, user: User, how: HowSignedIn): Promise<SignInAnswer> {
  const { token, sessionId } = await auth.sessions.create(user.id, how);
  const actor = { kind: 'person', id: user.id, name: user.name, via: 'console', proof: how } as const;
  const says = `${user.name} signed in by ${how}.`;
  await auth.append(entry(auth, actor, { code: 'P5001', says, payload: { session: sessionId } }));
  return { ok: true, token };
}

async function refusePassword(auth: Auth, name: string, what: string): Promise<SignInAnswer> {
  await auth.append(refused(auth, `the name "${name}"`, `the ${what} was wrong`));
  return {
    ok: false,
    code: 'sign-in-refused',
    says: 'Name, password or code is wrong. You are not signed in. Try again, or ask for a sign-in link.',
  };
}

function refused(auth: Auth, by: string, because: string): AuditDraft {
  const actor = { kind: 'person', id: 'unknown', name: 'unknown', via: 'console' } as const;
  return entry(auth, actor, { code: 'P5002', says: `Sign-in by ${by} was refused: ${because}.` });
}

type What = { readonly code: AuditCode; readonly says: string; readonly payload?: AuditDraft['payload'] };

function entry(auth: Auth, actor: AuditDraft['actor'], what: What): AuditDraft {
  return { atMs: auth.nowMs(), code: what.code, says: what.says, actor, payload: what.payload ?? {} };
}
