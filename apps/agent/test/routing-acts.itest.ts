// What an agent does on its own host for clients: an address that is where the primary is, in a network namespace of the
// test's own, and hooks, with one that hangs. A real primary, an agent as a process that ends in every way.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startTestPostgres, type TestPostgres } from '@petrov/runtime/testing';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { type Engine, startAgentBeside, startEngine, type TestAgent } from './engine.ts';

const ADDRESS = '10.79.0.100';
let engine: Engine;
let server: TestPostgres;
let network: Network;
let agent: TestAgent;
let hookLog: string;
let hangingPid: string;

type Network = { readonly within: readonly string[]; readonly end: () => void };
const PATIENTLY = { timeout: 20_000 };
const isHeld = (): boolean => isHeldIn(network);
const isHeldIn = ({ within }: Network): boolean =>
  inNetwork(within, 'ip', '-o', 'address', 'show', 'dev', 'shared').includes(` ${ADDRESS}/`);
const told = (): string[] => (existsSync(hookLog) ? readFileSync(hookLog, 'utf8').trim().split('\n') : []);

function inNetwork(within: readonly string[], ...argv: readonly string[]): string {
  const [file = '', ...args] = [...within, ...argv];
  return execFileSync(file, args, { encoding: 'utf8' });
}

/** A host's network of its own, with a device that has somebody at its other end. */
async function makeNetwork(): Promise<Network> {
  const holder = ['--pdeathsig', 'KILL', 'unshare', '--net', 'sh', '-c', 'echo up; exec sleep infinity'];
  const child = spawn('setpriv', holder, { stdio: ['ignore', 'pipe', 'ignore'] });
  await once(child.stdout, 'data');
  const within = ['nsenter', `--net=/proc/${child.pid}/ns/net`, '--'];
  inNetwork(within, 'ip', 'link', 'add', 'shared', 'type', 'veth', 'peer', 'name', 'other');
  for (const device of ['lo', 'shared', 'other']) inNetwork(within, 'ip', 'link', 'set', device, 'up');
  return { within, end: () => void child.kill('SIGKILL') };
}

beforeAll(async () => {
  [server, engine] = await Promise.all([startTestPostgres(), startEngine()]);
  network = await makeNetwork();
  const rules = `table netdev t {
  counter heard {}
  chain c { type filter hook ingress device other priority 0; ether type arp counter name heard; }
}
`;
  const [nsenter = '', ...into] = network.within;
  execFileSync(nsenter, [...into, 'nft', '-f', '-'], { input: rules });
  hookLog = join(engine.folder, 'hooks.log');
  hangingPid = join(engine.folder, 'hanging.pid');
  const hook = join(engine.folder, 'hook.sh');
  const hanging = join(engine.folder, 'hanging.sh');
  writeFileSync(hook, `#!/bin/sh\nenv | grep ^PETROV_ | sort | tr '\\n' ' ' >>"$1"; echo >>"$1"\n`, { mode: 0o755 });
  const child = `trap '' TERM; echo $$ >'${hangingPid}'; while :; do sleep 1; done`;
  writeFileSync(hanging, `#!/bin/sh\necho it hangs\nsh -c "${child.replaceAll('$$', '\\$\\$')}" &\nwait\n`, {
    mode: 0o755,
  });
  agent = startAgentBeside(engine, server, {
    member: 'orders-1',
    within: network.within,
    change: {
      routing: {
        address: { address: `${ADDRESS}/24`, interface: 'shared' },
        hooks: { onPromoted: [hook, hookLog], onFenced: [hanging], timeoutMs: 1_000 },
      },
    },
  });
  await engine.listening('orders-1');
});
afterAll(async () => {
  await agent?.kill();
  network?.end();
  server?.end();
  engine?.end();
});

it('the address is at the primary, and its neighbours are told by ARP', async () => {
  await expect.poll(isHeld, PATIENTLY).toBe(true);
  const heard = (): number =>
    Number(inNetwork(network.within, 'nft', 'list', 'counter', 'netdev', 't', 'heard').match(/packets (\d+)/)?.[1]);
  await expect.poll(heard, PATIENTLY).toBeGreaterThan(0);
});

it('one that was taken away by hand comes back; one that the agent doesn’t want goes', async () => {
  inNetwork(network.within, 'ip', 'address', 'delete', `${ADDRESS}/24`, 'dev', 'shared');
  await expect.poll(isHeld, PATIENTLY).toBe(true);
  server.stop('fast');
  await expect.poll(isHeld, PATIENTLY).toBe(false);
  inNetwork(network.within, 'ip', 'address', 'add', `${ADDRESS}/24`, 'dev', 'shared');
  await expect.poll(isHeld, PATIENTLY).toBe(false);
  server.start();
  await expect.poll(isHeld, PATIENTLY).toBe(true);
});

it('an agent that ends gives it up; what one left that was killed is cleared by the next', async () => {
  expect(await agent.end()).toBe(0);
  expect(isHeld()).toBe(false);
  agent.start();
  await expect.poll(isHeld, PATIENTLY).toBe(true);
  await agent.kill();
  server.stop('fast');
  expect(isHeld()).toBe(true);
  agent.start();
  await expect.poll(isHeld, PATIENTLY).toBe(false);
  server.start();
  await expect.poll(isHeld, PATIENTLY).toBe(true);
  expect(told()).toEqual([]); // it was primary all the time
});

it('a fence gives it up and isn’t held up by a hook that hangs; the hook and its children are ended, and that is told', async () => {
  await engine.listening('orders-1');
  const fence = { id: 'run-1/fence/1', verb: 'fence', args: { proposal: 'p-1' } };
  expect(await engine.command('orders-1', fence)).toMatchObject({ state: 'done' });
  expect(isHeld()).toBe(false);
  const result = await engine.until(() => {
    const seen = engine.told.findLast((one) => one.by === 'agent:orders-1');
    return seen?.probe === 'host' ? seen.facts.routing?.hook : undefined;
  }, 'how the hook ended');
  expect(result).toEqual({ hook: 'onFenced', outcome: 'timed-out', says: 'it hangs' });
  await expect.poll(() => existsSync(`/proc/${readFileSync(hangingPid, 'utf8').trim()}`), PATIENTLY).toBe(false);
});

it('made writable by hand it stays without; unfenced it’s primary again, and the hook is told so, with nothing else', async () => {
  rmSync(join(server.dataDirectory, 'standby.signal'));
  server.start();
  expect(await server.sql('SELECT pg_is_in_recovery() AS r')).toEqual([{ r: false }]);
  const unfence = { id: 'run-1/unfence/1', verb: 'unfence', args: { proposal: 'p-1' } };
  expect(isHeld()).toBe(false);
  expect(await engine.command('orders-1', unfence)).toMatchObject({ state: 'done' });
  await expect.poll(isHeld, PATIENTLY).toBe(true);
  await expect
    .poll(told, PATIENTLY)
    .toEqual(['PETROV_CLUSTER=orders PETROV_MEMBER=orders-1 PETROV_ROLE=primary PETROV_TIMELINE=1']);
});

it('isn’t taken by a second primary while the first is within reach', async () => {
  const [second, apart] = await Promise.all([startTestPostgres(), makeNetwork()]);
  onTestFinished(() => (second.end(), apart.end()));
  const first = { id: 'orders-1', host: server.folder, port: server.port, user: 'postgres', database: 'postgres' };
  const rogue = startAgentBeside(engine, second, {
    member: 'orders-2',
    within: apart.within,
    change: { peers: [first], routing: { address: { address: `${ADDRESS}/24`, interface: 'shared' } } },
  });
  onTestFinished(() => rogue.kill());
  await engine.listening('orders-2');
  const notHeld = () =>
    engine.told.find(
      (one) => one.by === 'agent:orders-2' && one.probe === 'host' && one.facts.routing?.address === 'not-held',
    );
  await engine.until(notHeld, 'what the second does');
  expect([isHeld(), isHeldIn(apart)]).toEqual([true, false]);
  server.stop('fast');
  await expect.poll(() => [isHeld(), isHeldIn(apart)], PATIENTLY).toEqual([false, true]);
});
