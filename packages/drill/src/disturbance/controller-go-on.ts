// The first controller wakes up after another took over its store: it has to notice, do nothing more, and end.
import { rm, symlink } from 'node:fs/promises';
import { letGoOn } from '../rig/stopped.ts';
import type { Disturbance } from './disturbance.ts';

export const controllerGoOn = {
  name: 'controller-go-on',
  summary: 'let the first controller go on beside the second',
  apply: async ({ rig }) => {
    const { child, place } = rig.parts.controller;
    letGoOn(child.pid);
    await child.exited;
    // Its end took its paths along, which lead to the second by now.
    for (const path of [place.adminSocket, rig.parts.agentSocket]) {
      await rm(path, { force: true });
      await symlink(`${path}.2`, path);
    }
  },
} as const satisfies Disturbance;
