// The web surface of the controller: REST, the live line and the console on TCP, and the same REST for terminals of this
// host on a unix socket of its own.
import { findSandboxConflict } from '../auth/demo.ts';
import { Sessions } from '../auth/sessions.ts';
import { settleDemoOperator } from '../auth/users.ts';
import { Hub, Live, SandboxWatch } from '../live/index.ts';
import { startAdmin } from './admin-server.ts';
import type { ApiContext } from './context.ts';
import { Deciding } from './decide.ts';
import type { ApiDeps } from './deps.ts';
import { makeSite } from './guard.ts';
import { HistoryRing } from './history.ts';
import { removeControllerRecord, writeControllerRecord } from './record-file.ts';
import { listenOnFreePort, makeWeb } from './web-server.ts';

export type * from './deps.ts';

export type RunningApi = {
  /** What people type. */
  readonly url: string;
  readonly port: number;
  readonly stop: () => Promise<void>;
};

/** Throws where the configuration mixes a sandbox with something real, or no port is free. */
export async function startApi(deps: ApiDeps): Promise<RunningApi> {
  const conflict = findSandboxConflict(deps.config);
  if (conflict !== undefined) throw new Error(conflict);
  await settleDemoOperator(deps.pool, deps.config.sandboxSocket !== undefined);

  const parts: { live?: Live; sandbox?: SandboxWatch } = {};
  let site = makeSite(deps.config, deps.config.listen.port);
  const nowMs = () => deps.clock.nowMs();
  const context: ApiContext = {
    deps,
    auth: { pool: deps.pool, sessions: new Sessions(deps.pool, nowMs), nowMs, append: deps.audit.append },
    site: () => site,
    history: new HistoryRing(),
    deciding: new Deciding(deps),
    startedAtMs: nowMs(),
    sandboxChanged: () => parts.sandbox?.look(),
    socketCount: () => parts.live?.count() ?? 0,
  };

  const web = await makeWeb(context);
  const live = new Live(web.server, context);
  parts.live = live;
  if (deps.config.sandboxSocket !== undefined) parts.sandbox = new SandboxWatch(deps.config.sandboxSocket, live);
  const hub = new Hub(deps, context.history, live);
  const port = await listenOnFreePort(web, deps);
  site = makeSite(deps.config, port);
  const closeAdmin = await startAdmin(context);
  if (deps.recordFile !== undefined) {
    await writeControllerRecord(deps.recordFile, { url: site.url, adminSocket: deps.adminSocket, pid: process.pid });
  }
  deps.log.info({ url: site.url, adminSocket: deps.adminSocket }, 'console and API are open');

  const stop = async () => {
    if (deps.recordFile !== undefined) await removeControllerRecord(deps.recordFile, process.pid);
    hub.stop();
    parts.sandbox?.stop();
    await live.stop();
    await Promise.all([web.close(), closeAdmin()]);
  };
  return { url: site.url, port, stop };
}
