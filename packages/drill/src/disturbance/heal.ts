// All faults of the site end: cuts, freezes; what was stopped starts through its gate.
import type { Disturbance } from './disturbance.ts';

export const heal = {
  name: 'heal',
  summary: 'undo all faults of the site',
  apply: async ({ rig }) => {
    await rig.parts.site.heal();
  },
} as const satisfies Disturbance;
