// What an agent must not forget: whether it's fenced, what it is by the last command, the highest epoch it has seen, what it
// began and how it ended. Each is on disk before anything is done upon it.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Lsn } from '@petrov/core/cluster';
import { AgentResult, MemberFacts } from '@petrov/core/wire';
import { sha256Hex } from '@petrov/runtime/signing';
import { z } from 'zod';
import { readIfThere, removeDurably, writeDurably } from './durable.ts';
import { pruneOld } from './prune.ts';

const STANDING = 'standing.json';
/** An id is asked again within hours; by its clock alone nothing of the newest goes, which may be set to anything. */
const RESULTS_KEPT_MS = 30 * 86_400_000;
const RESULTS_KEPT = 200;

/** Stands for a proposal where the host has fenced itself. */
export const LEASE_PROPOSAL = 'lease';

export const Fence = z.object({
  proposal: z.string(),
  epoch: z.number().int(),
  /** As it was before: lifting the fence restores it. */
  hadStandbySignal: z.boolean(),
  wasRunning: z.boolean(),
});
export type Fence = z.infer<typeof Fence>;

/** Postgres was told to stop for this proposal, and hadn't when the command was over: it goes on stopping. */
export const Stopping = z.object({ proposal: z.string() });
export type Stopping = z.infer<typeof Stopping>;

/** By an approved command this member is no primary, as of that epoch, as long as its timeline isn't newer than this. */
export const Standing = z.object({ epoch: z.number().int(), timeline: z.number().int() });
export type Standing = z.infer<typeof Standing>;

/** What a promotion lifted that nobody knows the end of: put back if it's dropped in that same epoch. */
export const Lifted = z.object({
  epoch: z.number().int(),
  fence: Fence.optional(),
  standing: Standing.optional(),
});
export type Lifted = z.infer<typeof Lifted>;

/** synchronous_standby_names before it was lowered here by command, and what was set in its place. */
const SyncLowered = z.object({ was: z.string(), set: z.string() });
type SyncLowered = z.infer<typeof SyncLowered>;

/** A data directory that is half of one and half of another: nothing may start it until it's finished. */
export const Unfinished = z.discriminatedUnion('verb', [
  z.object({
    verb: z.literal('rewind'),
    /** `recovering`: standby.signal is away for its crash recovery. `rewound`: only its configuration is still to come. */
    stage: z.enum(['recovering', 'rewinding', 'rewound']),
    savedTo: z.string().optional(),
    savedBytes: z.number().int().optional(),
    divergedFrom: Lsn.optional(),
    divergedBytes: z.number().int().optional(),
  }),
  z.object({ verb: z.literal('clone'), from: z.string(), aside: z.string() }),
]);
export type Unfinished = z.infer<typeof Unfinished>;

/** What the last rewind or clone made of the data directory. */
export const Rebuilt = z.object({
  verb: z.enum(['rewind', 'clone']),
  run: z.string(),
  upstream: z.string(),
  /** Its backup_label, by which it's known again. */
  label: z.string(),
  facts: MemberFacts,
});
export type Rebuilt = z.infer<typeof Rebuilt>;

const Began = z.object({ began: z.string() });
const Kept = z.union([AgentResult, Began]);

export type Memory =
  | { readonly is: 'unknown' }
  | { readonly is: 'begun' }
  | { readonly is: 'ended'; readonly result: AgentResult };

export class AgentState {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(this.#results, { recursive: true, mode: 0o700 });
  }

  fence(): Fence | undefined {
    return this.#read('fence.json', Fence);
  }

  keepFence(fence: Fence): void {
    this.#keep('fence.json', fence);
  }

  dropFence(): void {
    removeDurably(join(this.#folder, 'fence.json'));
  }

  stopping(): Stopping | undefined {
    return this.#read('stopping.json', Stopping);
  }

  keepStopping(stopping: Stopping): void {
    this.#keep('stopping.json', stopping);
  }

  dropStopping(): void {
    removeDurably(join(this.#folder, 'stopping.json'));
  }

  standing(): Standing | undefined {
    return this.#read(STANDING, Standing);
  }

  keepStanding(standing: Standing): void {
    this.#keep(STANDING, standing);
  }

  dropStanding(): void {
    removeDurably(this.standingPath);
  }

  lifted(): Lifted | undefined {
    return this.#read('lifted.json', Lifted);
  }

  keepLifted(lifted: Lifted): void {
    this.#keep('lifted.json', lifted);
  }

  dropLifted(): void {
    removeDurably(join(this.#folder, 'lifted.json'));
  }

  get standingPath(): string {
    return join(this.#folder, STANDING);
  }

  unfinished(): Unfinished | undefined {
    return this.#read('unfinished.json', Unfinished);
  }

  keepUnfinished(unfinished: Unfinished): void {
    this.#keep('unfinished.json', unfinished);
  }

  dropUnfinished(): void {
    removeDurably(join(this.#folder, 'unfinished.json'));
  }

  rebuilt(): Rebuilt | undefined {
    return this.#read('rebuilt.json', Rebuilt);
  }

  keepRebuilt(rebuilt: Rebuilt): void {
    this.#keep('rebuilt.json', rebuilt);
  }

  /** When a start last asked the gate, on this host's clock: that it's asked at all can't be seen otherwise. */
  gateAskedAtMs(): number | undefined {
    return this.#read('gate.json', z.object({ askedAtMs: z.number() }))?.askedAtMs;
  }

  keepGateAsked(askedAtMs: number): void {
    this.#keep('gate.json', { askedAtMs });
  }

  /** Slots on this host that were made by command. */
  slotsMade(): readonly string[] {
    return this.#read('slots.json', z.array(z.string())) ?? [];
  }

  keepSlotsMade(names: readonly string[]): void {
    this.#keep('slots.json', [...new Set(names)].toSorted());
  }

  /** How synchronous_standby_names was lowered or emptied here by command, until it's put back. */
  syncLowered(): SyncLowered | undefined {
    return this.#read('sync-lowered.json', SyncLowered);
  }

  keepSyncLowered(lowered: SyncLowered): void {
    this.#keep('sync-lowered.json', lowered);
  }

  dropSyncLowered(): void {
    removeDurably(join(this.#folder, 'sync-lowered.json'));
  }

  highestEpoch(): number {
    const text = readIfThere(join(this.#folder, 'epoch'));
    return text === undefined ? 0 : z.coerce.number().int().parse(text);
  }

  keepEpoch(epoch: number): void {
    if (epoch > this.highestEpoch()) writeDurably(join(this.#folder, 'epoch'), String(epoch));
  }

  /** What is known of a command's id. Begun and not ended: the agent ended in the midst of it. */
  recall(id: string): Memory {
    const text = readIfThere(this.#path(id));
    if (text === undefined) return { is: 'unknown' };
    const kept = Kept.parse(JSON.parse(text));
    return 'began' in kept ? { is: 'begun' } : { is: 'ended', result: kept };
  }

  begin(id: string): void {
    pruneOld(this.#results, { olderThanMs: RESULTS_KEPT_MS, keepNewest: RESULTS_KEPT });
    writeDurably(this.#path(id), JSON.stringify({ began: id }));
  }

  end(result: AgentResult): void {
    writeDurably(this.#path(result.id), JSON.stringify(result));
  }

  #read<T>(name: string, schema: z.ZodType<T>): T | undefined {
    const text = readIfThere(join(this.#folder, name));
    return text === undefined ? undefined : schema.parse(JSON.parse(text));
  }

  #keep(name: string, value: unknown): void {
    writeDurably(join(this.#folder, name), JSON.stringify(value));
  }

  #path(id: string): string {
    return join(this.#results, `${sha256Hex(id)}.json`);
  }

  get #results(): string {
    return join(this.#folder, 'results');
  }
}
