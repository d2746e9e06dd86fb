// Read the answer before counting it. Most false failovers come from counting an answer, or an abstention, as a death.
import type { Outcome } from './observation.ts';

/** alive: only a living server says this. dead: a kernel or router says nobody is there. silent: nothing came. */
export type Reading = 'alive' | 'starting' | 'dead' | 'silent' | 'abstains';

const readings = {
  ok: 'alive',
  'tls-failed': 'alive',
  'auth-failed': 'alive',
  'too-many-connections': 'alive',
  'read-only': 'alive',
  'disk-full': 'alive',
  error: 'alive',
  'starting-up': 'starting',
  'shutting-down': 'starting',
  refused: 'dead',
  unreachable: 'dead',
  timeout: 'silent',
  'dns-failed': 'abstains',
  declared: 'abstains',
  cleared: 'abstains',
} as const satisfies Record<Outcome, Reading>;

export function readOutcome(outcome: Outcome): Reading {
  return readings[outcome];
}

/** Bad: neither an answer of a living server nor an abstention. */
export function isBadReading(reading: Reading): boolean {
  return reading === 'dead' || reading === 'silent';
}
