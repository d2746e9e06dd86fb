-- What the engine remembers, its journal, what waits to be sent, and the record.

CREATE TABLE clusters (
  cluster text PRIMARY KEY,
  record jsonb NOT NULL,
  stored_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE proposals (
  id text PRIMARY KEY,
  cluster text NOT NULL,
  state text NOT NULL,
  revision integer NOT NULL,
  opened_at_ms double precision NOT NULL,
  record jsonb NOT NULL,
  version bigint NOT NULL DEFAULT 1
);
CREATE INDEX proposals_by_cluster ON proposals (cluster, opened_at_ms DESC);

-- A revision is frozen when it's made.
CREATE TABLE revisions (
  proposal text NOT NULL REFERENCES proposals (id),
  number integer NOT NULL,
  record jsonb NOT NULL,
  PRIMARY KEY (proposal, number)
);

-- One run for each epoch of a cluster: the store's own guard against a second promotion.
CREATE TABLE runs (
  id text PRIMARY KEY,
  proposal text NOT NULL REFERENCES proposals (id),
  cluster text NOT NULL,
  epoch bigint NOT NULL,
  started_at_ms double precision NOT NULL,
  record jsonb NOT NULL,
  UNIQUE (cluster, epoch)
);
CREATE INDEX runs_by_proposal ON runs (proposal);

CREATE TABLE journal (
  run text NOT NULL REFERENCES runs (id),
  seq integer NOT NULL,
  event jsonb NOT NULL,
  PRIMARY KEY (run, seq)
);

-- Each answer of a person with what it was answered; the id is the caller's idempotency key.
CREATE TABLE decisions (
  id text PRIMARY KEY,
  proposal text NOT NULL,
  kind text NOT NULL,
  revision integer NOT NULL,
  actor text NOT NULL,
  at_ms double precision NOT NULL,
  request jsonb NOT NULL,
  reply jsonb NOT NULL
);
CREATE INDEX decisions_by_proposal ON decisions (proposal, at_ms);

-- A page to one pager. It leaves through this row only, at least once, always under the same message id.
CREATE TABLE outbox (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  message_id text NOT NULL UNIQUE,
  page_id text NOT NULL,
  pager text NOT NULL,
  cluster text NOT NULL,
  proposal text,
  urgency text NOT NULL,
  page jsonb NOT NULL,
  created_at_ms double precision NOT NULL,
  attempts integer NOT NULL DEFAULT 0,
  next_attempt_at_ms double precision NOT NULL,
  delivered_at_ms double precision,
  dead_at_ms double precision,
  last_error text,
  UNIQUE (page_id, pager)
);
CREATE INDEX outbox_due ON outbox (next_attempt_at_ms) WHERE delivered_at_ms IS NULL AND dead_at_ms IS NULL;
CREATE INDEX outbox_by_proposal ON outbox (proposal);

CREATE TABLE audit_entries (
  seq bigint PRIMARY KEY,
  at_ms double precision NOT NULL,
  code text NOT NULL,
  actor jsonb NOT NULL,
  cluster text,
  proposal text,
  says text NOT NULL,
  payload jsonb NOT NULL,
  prev_hash text NOT NULL,
  hash text NOT NULL
);
CREATE INDEX audit_entries_by_cluster ON audit_entries (cluster, seq DESC);

CREATE TABLE audit_checkpoints (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  seq bigint NOT NULL,
  checkpoint jsonb NOT NULL,
  signature text NOT NULL
);
CREATE INDEX audit_checkpoints_by_seq ON audit_checkpoints (seq, id);

CREATE FUNCTION refuse_change_of_the_record() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the record takes new entries only: % on % is refused', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER insert_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entries
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_the_record();
CREATE TRIGGER insert_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_checkpoints
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_the_record();

-- The controller that owns this store, and how many transactions its engine has committed. A controller that lost the
-- row to a newer one can commit nothing; the count tells one that lost its connection whether its COMMIT arrived.
CREATE TABLE engine_owner (
  only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
  boot_id text NOT NULL,
  commits bigint NOT NULL DEFAULT 0,
  since timestamptz NOT NULL DEFAULT now()
);
