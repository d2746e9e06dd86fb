// Starts the controller again when it has died at the place where it was told to.
import type { Rig } from '../rig/rig.ts';

export type CrashWatch = {
  /** Resolves when a restart that is under way has ended. */
  readonly settled: () => Promise<void>;
  readonly outcome: () => { readonly at: string; readonly happened: boolean };
};

export function watchCrash(rig: Rig, at: string): CrashWatch {
  const { child } = rig.parts.controller;
  child.expectEnd();
  let happened = false;
  let restarting: Promise<void> = Promise.resolve();
  void child.exited.then(({ signal }) => {
    if (signal !== 'SIGKILL') return;
    happened = true;
    restarting = rig.restartController();
    restarting.catch(() => undefined); // told by `settled`
  });
  return { settled: () => restarting, outcome: () => ({ at, happened }) };
}
