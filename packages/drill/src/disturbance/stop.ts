// An immediate stop of a member's Postgres, as a person ends one that must not go on.
import type { Disturbance } from './disturbance.ts';

export const stop = {
  name: 'stop',
  summary: 'stop a member at once',
  apply: async ({ rig }, [member = '']) => await rig.parts.site.stopMember(member, 'immediate'),
} as const satisfies Disturbance;
