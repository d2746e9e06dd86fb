// What a rig is built from, and what it tells while it comes up.
import type { PolicyInput, Preset } from '@petrov/core/cluster';
import type { HooksConfig } from '@petrov/core/wire';
import type { Profile, Site } from '@petrov/sandbox';

/** `src/main.ts` of each program: a package starts them, it never imports them. */
export type AppPaths = { readonly controller: string; readonly witness: string; readonly agent: string };

export type Progress = { readonly phase: string; readonly says: string; readonly atMs: number };

/** A set's only way to fence; to starve a primary its standbys are to be synchronous. */
export type OnlyFence = 'agent' | 'sync-starved' | 'none';

export type RigRouting = {
  readonly isAddressMoved?: boolean;
  /** Of each member, once the site is there. */
  readonly hooks?: (site: Site, member: string) => HooksConfig;
};

export type RigOptions = {
  /** Templates and sites are kept below it. */
  readonly root: string;
  /** The controller's own: its key, configuration and stores. Default `<root>/controller`. */
  readonly dataFolder?: string;
  /** The data folder goes with the rig. */
  readonly isTemporary?: boolean;
  readonly appPaths: AppPaths;
  readonly cluster: 'orders';
  /** Only a rig's own sandbox may be broken or decided on by a script. */
  readonly environment: 'sandbox';
  readonly sync?: boolean;
  readonly preset?: Preset;
  /** What else its policy says. */
  readonly policy?: Omit<PolicyInput, 'preset'>;
  /** `default`: Postgres's own timeouts; `tuned`: dead connections are noticed within seconds. */
  readonly profile?: Profile;
  /** The one way to fence; default: the agents, and a power switch where an agent is silent. */
  readonly onlyFence?: OnlyFence | undefined;
  /** Members with priority 0; default none. */
  readonly neverPromoted?: readonly string[];
  /** Pause of each of the client's connections between two writes, ms; default 0, back-to-back. */
  readonly writePauseMs?: number;
  /** Free; 0 = any. */
  readonly port: number;
  /** Where terminals of this host find the controller; absent: nowhere. */
  readonly recordFile?: string;
  /** What agents do for clients beside answering checks: an address that moves, programs that are run. */
  readonly routing?: RigRouting;
  /** Environment for the controller alone, such as a place at which it is to die. */
  readonly controllerEnv?: Readonly<Record<string, string>>;
  readonly onProgress?: (progress: Progress) => void;
  /** Something that ought to run has ended; the rest goes on. */
  readonly onProblem?: (says: string) => void;
  readonly signal?: AbortSignal;
};
