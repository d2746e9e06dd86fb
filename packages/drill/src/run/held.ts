// A controller that stops itself in mid-air at a place of the run: what happens meanwhile, and when it goes on.
import { setTimeout as pause } from 'node:timers/promises';
import type { Stage } from '../disturbance/index.ts';
import { isStopped, letGoOn } from '../rig/stopped.ts';
import type { Held } from '../scenario/index.ts';
import { waitUntil } from '../wait.ts';
import { applyAll, type Cast, sayPlanned } from './apply.ts';

const STOPS_WITHIN_MS = 60_000;

export type HeldInput = {
  readonly stage: Stage;
  readonly held: Held;
  /** As it is when the controller has stopped. */
  readonly cast: () => Cast;
  readonly say: (says: string) => void;
  readonly signal?: AbortSignal | undefined;
};

/** Resolves when all of it has happened. */
export async function playHeld({ stage, held, cast, say, signal }: HeldInput): Promise<void> {
  const { child } = stage.rig.parts.controller;
  await waitUntil(async () => isStopped(child.pid), {
    what: `the controller to stop ${held.at}`,
    timeoutMs: STOPS_WITHIN_MS,
    everyMs: 5,
    signal,
  });
  const told = held.faults.map((fault) => sayPlanned(fault, cast())).join(', ') || 'nothing';
  say(`the controller stands still ${held.at}; meanwhile: ${told}`);
  try {
    await applyAll(stage, cast(), held.faults);
    await pause(held.forMs ?? 0, undefined, signal === undefined ? {} : { signal });
  } finally {
    if (held.isLeft !== true) letGoOn(child.pid);
  }
  if (held.later === undefined) return;
  await pause(held.later.afterMs, undefined, signal === undefined ? {} : { signal });
  await applyAll(stage, cast(), held.later.faults);
}
