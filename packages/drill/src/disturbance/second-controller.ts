// Another controller on the same store, as after a hasty move to another machine: it takes over while the first is stopped
// in mid-air. The paths lead to the second from then on.
import { rename, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ControllerConfig } from '@petrov/core/wire';
import { loadConfig } from '@petrov/runtime/config';
import { ControllerProcess, writeConfig } from '../rig/controller.ts';
import { findFreePort } from '../rig/port.ts';
import type { Disturbance } from './disturbance.ts';

export const secondController = {
  name: 'second-controller',
  summary: 'start another controller on the same store',
  apply: async ({ rig }) => {
    const { place } = rig.parts.controller;
    const config = loadConfig(place.configFile, ControllerConfig);
    const port = await findFreePort(0);
    const agentSocket = `${config.agentSocket}.2`;
    const adminSocket = `${place.adminSocket}.2`;
    const configFile = await writeConfig(dirname(place.configFile), 'controller-2.yaml', {
      ...config,
      listen: { host: '127.0.0.1', port },
      publicUrl: `http://localhost:${port}`,
      agentSocket,
    });
    const logFile = join(dirname(place.logFile), 'controller-2.log');
    const second = new ControllerProcess(
      { ...place, configFile, adminSocket, logFile },
      { onDied: () => undefined, onPid: async () => undefined },
    );
    rig.parts.controller.child.expectEnd();
    rig.addUndo('the second controller', () => second.child.stop(12_000));
    await second.start();
    await second.waitUntilUp();
    await lead(config.agentSocket ?? '', agentSocket);
    await lead(place.adminSocket, adminSocket);
  },
} as const satisfies Disturbance;

/** What asks at the first path is answered at the second. */
async function lead(from: string, to: string): Promise<void> {
  await rename(from, `${from}.1`);
  await symlink(to, from);
}
