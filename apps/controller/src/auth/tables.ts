// The tables of people and their sessions, as one migration of the store. A token is never stored, only its SHA-256.
export const authTables = `
create table users (
  id text primary key,
  name text not null unique,
  role text not null check (role in ('viewer', 'operator', 'approver')),
  password_hash text,
  totp_secret text,
  totp_last_step bigint,
  disabled_at timestamptz,
  created_at timestamptz not null default now()
);
create table sessions (
  id text primary key,
  token_hash text not null unique,
  user_id text not null references users (id) on delete cascade,
  signed_in_at_ms bigint not null,
  last_seen_at_ms bigint not null,
  how text not null check (how in ('link', 'password', 'password+totp')),
  revoked_at_ms bigint
);
create index sessions_of_user on sessions (user_id);
create table sign_in_links (
  token_hash text primary key,
  user_id text not null references users (id) on delete cascade,
  expires_at_ms bigint not null,
  used_at_ms bigint
);
`;
