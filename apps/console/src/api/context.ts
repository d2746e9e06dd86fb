// What every page needs and main.tsx makes: the controller's clock and the live line.
import { createContext, useContext, useSyncExternalStore } from 'react';
import type { LiveLink, LiveState } from './live-link.ts';
import type { ServerClock } from './server-clock.ts';

export type Connections = { readonly clock: ServerClock; readonly live: LiveLink };
export const ConnectionsContext = createContext<Connections | undefined>(undefined);

export function useConnections(): Connections {
  const connections = useContext(ConnectionsContext);
  if (connections === undefined) throw new Error('ConnectionsContext is missing above this component');
  return connections;
}

/** The controller's time, once a second. */
export function useNow(): number {
  const { clock } = useConnections();
  return useSyncExternalStore(clock.subscribe, clock.tick);
}

export function useLiveState(): LiveState {
  const { live } = useConnections();
  return useSyncExternalStore(live.subscribe, live.state);
}

export function useNews(): readonly string[] {
  const { live } = useConnections();
  return useSyncExternalStore(live.subscribe, live.news);
}
