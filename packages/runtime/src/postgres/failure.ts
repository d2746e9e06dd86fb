// Why a connection or a query ended: in the words of the trace format. An answer that only a living server can give is
// told apart from a refusal by its host and from silence.
import { DatabaseError } from 'pg';

export type Phase = 'dns' | 'connect' | 'startup' | 'query';

/** Nothing came in time; `phase` says what was waited for. */
export class DeadlinePassed extends Error {
  readonly code = 'deadline-passed';
  readonly phase: Phase;
  constructor(phase: Phase, afterMs: number) {
    super(`no answer within ${afterMs} ms (${phaseWords[phase]})`);
    this.phase = phase;
  }
}

export type FailureOutcome =
  | 'refused'
  | 'timeout'
  | 'unreachable'
  | 'dns-failed'
  | 'tls-failed'
  | 'auth-failed'
  | 'too-many-connections'
  | 'starting-up'
  | 'shutting-down'
  | 'read-only'
  | 'disk-full'
  | 'error';

/** `code`: the SQLSTATE; `53300:role` when it's our own role's limit that is reached; or the system's error code. */
export type Failure = { readonly outcome: FailureOutcome; readonly code?: string; readonly says: string };

const phaseWords = {
  dns: 'the name was being looked up',
  connect: 'connecting',
  startup: 'connected, waiting for the session',
  query: 'waiting for the answer',
} as const satisfies Record<Phase, string>;

export function explainFailure(error: unknown): Failure {
  if (error instanceof DeadlinePassed) {
    return { outcome: error.phase === 'dns' ? 'dns-failed' : 'timeout', code: error.phase, says: error.message };
  }
  if (error instanceof DatabaseError && error.code !== undefined) return explainAnswer(error, error.code);
  const code = codeOf(error);
  const says = error instanceof Error && error.message !== '' ? error.message : String(code ?? error);
  const outcome = outcomeOfSystem(code, says);
  return code === undefined ? { outcome, says } : { outcome, code, says };
}

/** The error that says a connection was there and is gone. */
export function isLostConnection(error: unknown): boolean {
  const failure = explainFailure(error);
  return failure.code === 'ECONNRESET' || failure.code === 'EPIPE' || failure.code === 'connection-lost';
}

function explainAnswer(error: DatabaseError, sqlstate: string): Failure {
  const says = error.message;
  // A backend's last word when its postmaster was killed (be-secure.c): no living server says it, and none is shutting down.
  if (sqlstate === '57P01' && (error.routine === 'secure_read' || error.routine === 'secure_write'))
    return { outcome: 'refused', code: 'connection-lost', says };
  if (sqlstate === '57P03') {
    return { outcome: says.includes('shutting down') ? 'shutting-down' : 'starting-up', code: sqlstate, says };
  }
  if (sqlstate === '53300') {
    // A role's or database's CONNECTION LIMIT is checked in InitializeSessionUserId / CheckMyDatabase; slots elsewhere.
    const own = error.routine === 'InitializeSessionUserId' ? ':role' : '';
    const database = error.routine === 'CheckMyDatabase' ? ':database' : '';
    return { outcome: 'too-many-connections', code: `${sqlstate}${own}${database}`, says };
  }
  return { outcome: outcomeOfSqlstate(sqlstate), code: sqlstate, says };
}

function outcomeOfSqlstate(sqlstate: string): FailureOutcome {
  if (sqlstate.startsWith('28')) return 'auth-failed';
  switch (sqlstate) {
    case '57P01':
    case '57P02':
      return 'shutting-down';
    case '25006':
      return 'read-only';
    case '53100':
      return 'disk-full';
    default:
      return 'error';
  }
}

function outcomeOfSystem(code: string | undefined, says: string): FailureOutcome {
  switch (code) {
    case 'ECONNREFUSED':
    case 'ENOENT': // the socket file isn't there
    case 'ECONNRESET': // a kernel says that nobody holds this connection any more: no living server did
    case 'EPIPE':
    case 'connection-lost':
      return 'refused';
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'EHOSTDOWN':
    case 'ENETDOWN':
    case 'EADDRNOTAVAIL':
      return 'unreachable';
    case 'ETIMEDOUT':
      return 'timeout';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EAI_FAIL':
    case 'EAI_NODATA':
      return 'dns-failed';
    default:
      if (says.startsWith('SASL')) return 'auth-failed'; // the server asks for a password that we don't have
      return isTlsFailure(code, says) ? 'tls-failed' : 'error';
  }
}

function isTlsFailure(code: string | undefined, says: string): boolean {
  const named = code !== undefined && /^(ERR_TLS_|ERR_SSL_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/.test(code);
  return named || says.includes('SSL connection');
}

function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
