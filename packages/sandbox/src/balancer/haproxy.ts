// HAProxy of the distribution in the site's balancer host: one port for writes, one for reads. It knows the members only by
// what their agents answer to its checks. It ends with its host at the latest.
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SandboxError } from '../errors.ts';
import type { MemberDescription } from '../site/description.ts';
import type { HostProcess } from '../site/host-process.ts';
import type { Site } from '../site/site.ts';

const PROGRAM = '/usr/sbin/haproxy';

export interface BalancerPorts {
  readonly write: number;
  readonly read: number;
}

export interface BalancerOptions {
  /** Default: the site's first set. */
  readonly cluster?: string;
  /** Where each member's agent answers checks, on the `app` network. */
  readonly healthPort: number;
  /** A standby further behind gets no reads, such as `16MB`. */
  readonly lagMax?: string;
}

export interface RunningBalancer {
  readonly process: HostProcess;
  readonly address: string;
  readonly ports: BalancerPorts;
  readonly logFile: string;
}

const PORTS: BalancerPorts = { write: 5_000, read: 5_001 };

export async function startHaproxy(site: Site, options: BalancerOptions): Promise<RunningBalancer> {
  if (!existsSync(PROGRAM)) {
    throw new SandboxError('no-haproxy', `there is no ${PROGRAM}: install it with "apt-get install haproxy"`);
  }
  const { balancer, sets } = site.description;
  const set = sets.find(({ cluster }) => cluster === (options.cluster ?? sets[0]?.cluster));
  const logFile = join(site.folder, 'haproxy.log');
  const configFile = join(site.folder, 'haproxy.cfg');
  await writeFile(configFile, haproxyConfig(set?.members ?? [], options), { mode: 0o600 });
  const started = await site.spawnIn(balancer.id, [PROGRAM, '-db', '-f', configFile], { logFile });
  return { process: started, address: balancer.address, ports: PORTS, logFile };
}

export function haproxyConfig(
  members: readonly Pick<MemberDescription, 'id' | 'addresses' | 'port'>[],
  { healthPort, lagMax }: Pick<BalancerOptions, 'healthPort' | 'lagMax'>,
): string {
  const servers = members.map(
    ({ id, addresses, port }) => `  server ${id} ${addresses.app}:${port} check port ${healthPort}`,
  );
  // Should two say that they are primary, one of them gets all writes.
  const oneAtATime = servers.map((line, index) => (index === 0 ? line : `${line} backup`));
  const listen = (name: string, path: string, lines: readonly string[]): string =>
    [
      `listen ${name}`,
      `  bind :${name === 'primary' ? PORTS.write : PORTS.read}`,
      `  option httpchk OPTIONS ${path}`,
      '  http-check expect status 200',
      '  default-server inter 500ms fastinter 200ms downinter 200ms fall 2 rise 1 on-marked-down shutdown-sessions',
      ...lines,
    ].join('\n');
  return `global
  maxconn 200
  log stderr format raw local0 notice
defaults
  mode tcp
  log global
  timeout connect 1s
  timeout check 1s
  timeout client 1h
  timeout server 1h
${listen('primary', '/primary', oneAtATime)}
${listen('replicas', lagMax === undefined ? '/replica' : `/replica?lag=${lagMax}`, servers)}
`;
}
