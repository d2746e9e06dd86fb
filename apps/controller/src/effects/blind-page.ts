// `controller-blind`: the store is gone, so nothing can be recorded and nothing is decided. People are told straight from
// memory, to every pager at once, since the outbox is in the store.
import { setTimeout as delay } from 'node:timers/promises';
import type { Pager, PagerMessage } from '../pagers/pager.ts';

const WAIT_MS = [0, 5_000, 30_000] as const;

/** Resolves when all pagers took it, or after the last attempt; never rejects. */
export async function sendBlindPage(
  pagers: Iterable<Pager>,
  message: PagerMessage,
  signal: AbortSignal,
): Promise<readonly string[]> {
  let left = [...pagers];
  for (const waitMs of WAIT_MS) {
    if (left.length === 0 || signal.aborted) break;
    if (waitMs > 0) await delay(waitMs, undefined, { signal }).catch(() => undefined);
    const sent = await Promise.all(left.map((pager) => pager.send(message)));
    left = left.filter((_, index) => sent[index]?.kind === 'again');
  }
  return left.map(({ id }) => id);
}

export function makeBlindMessage(
  controller: string,
  bootId: string,
  blind: { readonly nowMs: number; readonly forMs: number; readonly why: string },
): PagerMessage {
  const seconds = Math.round(blind.forMs / 1_000);
  return {
    id: `msg_blind_${bootId.replace(/[^A-Za-z0-9]/g, '')}_${Math.floor(blind.nowMs)}`,
    type: 'controller.blind',
    atMs: blind.nowMs,
    data: {
      controller,
      event: 'blind',
      urgency: 'high',
      summary: `Petrov (${controller}) is blind: its own store takes no writes for ${seconds} s. Nothing is decided and nothing is promoted until it's back.`,
      details: { because: blind.why },
    },
  };
}
