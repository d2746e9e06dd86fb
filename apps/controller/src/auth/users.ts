// Who may sign in. A disabled user keeps the row, since the record names it, and no session of theirs counts.
import { randomUUID } from 'node:crypto';
import { Role } from '@petrov/core/approval';
import type { UserView } from '@petrov/core/wire';
import type { Pool } from 'pg';
import { z } from 'zod';

const UserRow = z.object({
  id: z.string(),
  name: z.string(),
  role: Role,
  password_hash: z.string().nullable(),
  totp_secret: z.string().nullable(),
  disabled_at: z.date().nullable(),
});
export type User = z.infer<typeof UserRow>;

export const DEMO_OPERATOR = { id: 'demo-operator', name: 'Demo operator', role: 'approver' } as const;
const columns = 'id, name, role, password_hash, totp_secret, disabled_at';

export async function listUsers(pool: Pool): Promise<readonly User[]> {
  const { rows } = await pool.query(`select ${columns} from users order by name`);
  return rows.map((row) => UserRow.parse(row));
}

export async function findUser(pool: Pool, idOrName: string): Promise<User | undefined> {
  const { rows } = await pool.query(`select ${columns} from users where id = $1 or name = $1 order by id = $1 desc`, [
    idOrName,
  ]);
  return rows[0] === undefined ? undefined : UserRow.parse(rows[0]);
}

export type NewUserRow = {
  readonly name: string;
  readonly role: Role;
  readonly passwordHash?: string | undefined;
  readonly totpSecret?: string | undefined;
};

/** Undefined when the name is taken. */
export async function addUser(pool: Pool, user: NewUserRow): Promise<User | undefined> {
  const { rows } = await pool.query(
    `insert into users (id, name, role, password_hash, totp_secret) values ($1, $2, $3, $4, $5)
     on conflict do nothing returning ${columns}`,
    [randomUUID(), user.name, user.role, user.passwordHash ?? null, user.totpSecret ?? null],
  );
  return rows[0] === undefined ? undefined : UserRow.parse(rows[0]);
}

export async function disableUser(pool: Pool, id: string): Promise<User | undefined> {
  const { rows } = await pool.query(
    `update users set disabled_at = coalesce(disabled_at, now()) where id = $1 returning ${columns}`,
    [id],
  );
  return rows[0] === undefined ? undefined : UserRow.parse(rows[0]);
}

/** The demo operator exists beside a sandbox only; elsewhere any left from before is gone, with its sessions. */
export async function settleDemoOperator(pool: Pool, isAllowed: boolean): Promise<void> {
  if (!isAllowed) {
    await pool.query('delete from users where id = $1', [DEMO_OPERATOR.id]);
    return;
  }
  await pool.query(
    `insert into users (id, name, role) values ($1, $2, $3)
     on conflict (id) do update set name = excluded.name, role = excluded.role, disabled_at = null,
       password_hash = null, totp_secret = null`,
    [DEMO_OPERATOR.id, DEMO_OPERATOR.name, DEMO_OPERATOR.role],
  );
}

export function viewUser(user: User): UserView {
  return {
    id: user.id,
    name: user.name,
    role: user.role,
    hasPassword: user.password_hash !== null,
    hasTotp: user.totp_secret !== null,
    isDisabled: user.disabled_at !== null,
  };
}
