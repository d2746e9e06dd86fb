// Makes the cache, the clock and the live line, and mounts the console.
import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ApiFailure } from './api/client.ts';
import { ConnectionsContext } from './api/context.ts';
import { keys } from './api/keys.ts';
import { LiveLink } from './api/live-link.ts';
import { ServerClock } from './api/server-clock.ts';
import { App } from './app.tsx';
import './styles/tokens.css';
import './styles/base.css';
import './styles/shell.css';
import './styles/evidence.css';
import './styles/cluster.css';

function start(root: HTMLElement): void {
  const cache = new QueryClient({
    queryCache: new QueryCache({
      onError: (error) => {
        if (error instanceof ApiFailure && error.status === 401) cache.setQueryData(keys.session, null);
      },
    }),
    defaultOptions: {
      queries: { retry: (count, error) => !(error instanceof ApiFailure && error.status >= 400) && count < 2 },
    },
  });
  const clock = new ServerClock();
  const live = new LiveLink(cache, clock);
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={cache}>
        <ConnectionsContext value={{ clock, live }}>
          <App />
        </ConnectionsContext>
      </QueryClientProvider>
    </StrictMode>,
  );
}

const root = document.getElementById('root');
if (root !== null) start(root);
