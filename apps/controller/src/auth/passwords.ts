// Passwords (argon2id) and one-time codes (TOTP), for where no passkey can be had. A wrong name costs the same time as a
// wrong password, and a code that was used counts no second time.
import { hash, verify } from '@node-rs/argon2';
import { Secret, TOTP } from 'otpauth';
import type { Pool } from 'pg';
import type { User } from './users.ts';

/** argon2id is the library's default; OWASP's minimum with one lane: 19 MiB, 2 passes. */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
const STEP_MS = 30_000;

export function hashPassword(password: string): Promise<string> {
  return hash(password, cost);
}

export async function isPasswordOf(user: User | undefined, password: string): Promise<boolean> {
  const known = user?.password_hash ?? undefined;
  if (known === undefined) {
    await hash(password, cost);
    return false;
  }
  return await verify(known, password);
}

export function newTotp(name: string): { readonly secret: string; readonly url: string } {
  const secret = new Secret({ size: 20 }).base32;
  return { secret, url: totpOf(secret, name).toString() };
}

/** Accepts the step before and after; consumes the step, so that a code seen over a shoulder is worthless. */
export async function consumeTotp(pool: Pool, user: User, code: string, nowMs: number): Promise<boolean> {
  if (user.totp_secret === null) return false;
  const delta = totpOf(user.totp_secret, user.name).validate({ token: code, timestamp: nowMs, window: 1 });
  if (delta === null) return false;
  const step = Math.floor(nowMs / STEP_MS) + delta;
  const { rowCount } = await pool.query(
    'update users set totp_last_step = $2 where id = $1 and coalesce(totp_last_step, 0) < $2',
    [user.id, step],
  );
  return rowCount === 1;
}

function totpOf(secret: string, label: string): TOTP {
  return new TOTP({ issuer: 'Petrov', label, secret: Secret.fromBase32(secret), period: STEP_MS / 1_000 });
}
