// The configurations of a bench's agents and of its controller's side, with keys made for this one.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Site } from '@petrov/sandbox';
import { agentKeyName, canaryKeyName, type ConfigInput } from '../../packages/drill/src/rig/configs.ts';
import { keepKey, makeKeys } from '../../packages/drill/src/rig/keys.ts';

export async function configsOf(site: Site, outside: string, power: ConfigInput['power']): Promise<ConfigInput> {
  const folder = join(site.folder, 'petrov');
  await mkdir(folder, { mode: 0o700 });
  const names = [
    ...site.description.witnesses.map(({ id }) => id),
    ...site.memberIds().map(agentKeyName),
    canaryKeyName('orders'),
  ];
  const keys = await makeKeys(folder, names);
  return {
    site: site.description,
    cluster: 'orders',
    preset: 'default',
    environment: 'sandbox',
    keyOf: (name) => keys.get(name)!,
    engineKey: await keepKey(join(outside, 'engine.pem')),
    agentSocket: join(outside, 'agents.sock'),
    sandboxSocket: join(outside, 'sandbox.sock'),
    redis: 'redis://127.0.0.1:1',
    storeUrl: 'postgres://127.0.0.1:1/none',
    port: 0,
    pager: { url: 'http://127.0.0.1:1', secretFile: join(outside, 'token') },
    power,
  };
}
