// How far the agent is with a step that takes minutes or hours, by its own word.
import { sayBytes, sayDuration } from '../assessment/words.ts';
import type { HostMemory } from '../observation/index.ts';
import type { Step } from '../plan/index.ts';

/** An agent reports each second. */
const SILENT_AFTER_MS = 5_000;
const LONG: ReadonlySet<string> = new Set(['rewind', 'clone', 'start-as-standby']);

/** Undefined for what is over in seconds, or of which nothing is told. */
export function sayActing({ verb, member }: Step, host: HostMemory | undefined, nowMs: number): string | undefined {
  if (host === undefined || !LONG.has(verb)) return undefined;
  const silentMs = nowMs - host.atMs;
  if (silentMs > SILENT_AFTER_MS) return `The agent on ${member} has not been heard for ${sayDuration(silentMs)}.`;
  const { acting } = host.facts;
  if (acting?.verb !== verb) return undefined;
  const { forMs, doneBytes, totalBytes } = acting;
  const copied =
    doneBytes === undefined || totalBytes === undefined || totalBytes === 0
      ? ''
      : `, ${sayBytes(doneBytes)} of ${sayBytes(totalBytes)} copied (${Math.floor((100 * doneBytes) / totalBytes)} %)`;
  return `The agent on ${member} is at it for ${sayDuration(forMs)}${copied}.`;
}
