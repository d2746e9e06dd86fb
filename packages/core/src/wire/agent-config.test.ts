// What an agent's file must not hold: settings that are each allowed, and void each other.
import { describe, expect, it } from 'vitest';
import { AgentConfig } from './config.ts';

const file = {
  version: 1,
  cluster: 'orders',
  member: 'orders-1',
  controller: 'unix:/run/petrov/agents.sock',
  key: 'file:/etc/petrov/agent.key',
  enginePublicKey: 'MCowBQYDK2VwAyEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=',
  dataDirectory: '/var/lib/postgresql/18/main',
  socketDirectory: '/run/postgresql',
  stateDirectory: '/var/lib/petrov',
  startCommand: ['systemctl', 'start', 'postgresql@18-main'],
  binDirectory: '/usr/lib/postgresql/18/bin',
};
const lease = { afterMs: 15_000 };
const peers = [{ id: 'orders-2', host: '10.0.0.2', port: 5432, user: 'petrov', database: 'postgres' }];

describe('an agent’s configuration', () => {
  it('takes no lease whose host may start writable while it reaches nobody', () => {
    const parsed = AgentConfig.safeParse({ ...file, lease, peers });
    expect(parsed.error?.issues).toMatchObject([
      { path: ['gateWhenAlone'], message: expect.stringContaining('"closed" beside a lease') },
    ]);
  });

  it('takes no lease where the gate has nobody to ask', () => {
    const parsed = AgentConfig.safeParse({ ...file, lease, gateWhenAlone: 'closed' });
    expect(parsed.error?.issues).toMatchObject([
      { path: ['peers'], message: expect.stringContaining('other members') },
    ]);
  });

  it('takes a lease beside a closed gate, and an open gate without one', () => {
    expect(AgentConfig.parse({ ...file, lease, peers, gateWhenAlone: 'closed' })).toMatchObject({ lease });
    expect(AgentConfig.parse(file)).toMatchObject({ gateWhenAlone: 'open' });
  });
});
