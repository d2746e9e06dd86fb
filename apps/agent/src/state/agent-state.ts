// What an agent must not forget: whether it's fenced, the highest epoch it has seen, what it began and how it ended. Each is
// on disk before anything is done upon it.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { AgentResult } from '@petrov/core/wire';
import { sha256Hex } from '@petrov/runtime/signing';
import { z } from 'zod';
import { readIfThere, removeDurably, writeDurably } from './durable.ts';

export const Fence = z.object({
  proposal: z.string(),
  epoch: z.number().int(),
  /** As it was before: lifting the fence restores it. */
  hadStandbySignal: z.boolean(),
  wasRunning: z.boolean(),
});
export type Fence = z.infer<typeof Fence>;

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
    mkdirSync(join(folder, 'results'), { recursive: true, mode: 0o700 });
  }

  fence(): Fence | undefined {
    const text = readIfThere(join(this.#folder, 'fence.json'));
    return text === undefined ? undefined : Fence.parse(JSON.parse(text));
  }

  keepFence(fence: Fence): void {
    writeDurably(join(this.#folder, 'fence.json'), JSON.stringify(fence));
  }

  dropFence(): void {
    removeDurably(join(this.#folder, 'fence.json'));
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
    writeDurably(this.#path(id), JSON.stringify({ began: id }));
  }

  end(result: AgentResult): void {
    writeDurably(this.#path(result.id), JSON.stringify(result));
  }

  #path(id: string): string {
    return join(this.#folder, 'results', `${sha256Hex(id)}.json`);
  }
}
