// What a drill breaks beside the site's own faults: agents, the controller and its stores, servers that a person handles
// by hand. One file each; none heals by itself, since a drill's rig is taken down at its end.
import type { ChildProcess } from 'node:child_process';
import type { Rig } from '../rig/rig.ts';

/** A server that was made to take writes behind Petrov's back. */
export type Returned = {
  readonly member: string;
  /** Right before it was started. */
  readonly startedAtMs: number;
  readonly monotonicMs: number;
  /** When its own socket first said that it is out of recovery. */
  readonly writableAtMs: number;
};

export type Stage = {
  readonly rig: Rig;
  /** Sessions held open, by what they hold. */
  readonly sessions: Map<string, ChildProcess>;
  readonly onReturned: (returned: Returned) => void;
};

export type Disturbance = {
  readonly name: string;
  readonly summary: string;
  readonly apply: (stage: Stage, args: readonly string[]) => Promise<void>;
};
