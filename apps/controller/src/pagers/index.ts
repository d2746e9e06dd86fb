// All pagers of the configuration, and how a page of the engine reads to them.
import type { ControllerConfig } from '@petrov/core/wire';
import type { Clock } from '@petrov/runtime/clock';
import type { Secret } from '@petrov/runtime/secrets';
import type { OutboxMessage } from '../store/statements/outbox.ts';
import type { Pager, PagerMessage } from './pager.ts';
import { createWebhook } from './webhook.ts';

type Deps = { readonly clock: Clock; readonly readSecret: (reference: string) => Secret };

export function createPagers(config: ControllerConfig, { clock, readSecret }: Deps): ReadonlyMap<string, Pager> {
  return new Map(
    config.pagers.map((pager) => [pager.id, createWebhook(pager, { secret: readSecret(pager.secret), clock })]),
  );
}

/** The pagers of a cluster: those it names, else all. */
export function pagersOf(config: ControllerConfig): (cluster: string) => readonly string[] {
  const all = config.pagers.map(({ id }) => id);
  const named = new Map(config.clusters.map(({ id, pagers }) => [id, pagers ?? all]));
  return (cluster) => named.get(cluster) ?? all;
}

const types: Readonly<Record<string, string>> = {
  approved: 'proposal.approved',
  promoted: 'promotion.succeeded',
  stuck: 'promotion.stuck',
  finished: 'promotion.finished',
  warning: 'cluster.warning',
  resolved: 'cluster.resolved',
};

export function toPagerMessage(
  { messageId, page, createdAtMs }: OutboxMessage,
  config: ControllerConfig,
): PagerMessage {
  const { id: _, event, ...data } = page;
  const link = page.proposal && config.publicUrl && `${config.publicUrl.replace(/\/$/, '')}/proposals/${page.proposal}`;
  return {
    id: messageId,
    type: types[event] ?? `proposal.${event}`,
    atMs: createdAtMs,
    data: { controller: config.name, event, ...data, ...(link ? { link } : {}) },
  };
}
