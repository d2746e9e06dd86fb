// Tells the live side what changed, after it was committed. A listener that throws is logged and hurts nobody else.
import type { Effect } from '@petrov/core/engine';
import type { AuditEntryView } from '@petrov/core/wire';
import type { Logger } from 'pino';
import type { ControllerEvent, ControllerEvents } from '../api/deps.ts';

export type EventSender = ControllerEvents & { readonly send: (event: ControllerEvent) => void };

export function createEvents(log: Logger): EventSender {
  const listeners = new Set<(event: ControllerEvent) => void>();
  return {
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    send: (event) => {
      for (const listener of listeners) {
        try {
          listener(event);
        } catch (error) {
          log.error({ err: error, event: event.type }, 'a listener of live events failed');
        }
      }
    },
  };
}

/** Each thing that changed once, in the order of the effects. */
export function eventsOf(effects: readonly Effect[], audit: readonly AuditEntryView[]): ControllerEvent[] {
  const events = new Map<string, ControllerEvent>();
  const add = (key: string, event: ControllerEvent) => events.set(key, event);
  for (const effect of effects) {
    if (effect.type === 'assessed') add(`a/${effect.assessment.cluster}`, effect);
    if (effect.type !== 'store') continue;
    if (effect.what === 'cluster')
      add(`c/${effect.record.cluster}`, { type: 'cluster', cluster: effect.record.cluster });
    if (effect.what === 'proposal') add(`p/${effect.proposal.id}`, { type: 'proposal', proposal: effect.proposal.id });
    if (effect.what === 'run') add(`r/${effect.run.id}`, { type: 'run', run: effect.run.id });
    if (effect.what === 'journal') add(`r/${effect.run}`, { type: 'run', run: effect.run });
  }
  return [...events.values(), ...audit.map((entry): ControllerEvent => ({ type: 'audit', entry }))];
}
