// The routes that browsers and terminals share.
import type { ApiContext, App } from '../context.ts';
import { addAuditRoutes } from './audit.ts';
import { addProposalRoutes } from './proposals.ts';
import { addReadinessRoutes } from './readiness.ts';
import { addRequestRoutes } from './requests.ts';
import { addRunRoutes } from './runs.ts';
import { addSandboxRoutes } from './sandbox.ts';
import { addStatusRoutes } from './status.ts';

const all = [
  addStatusRoutes,
  addReadinessRoutes,
  addProposalRoutes,
  addRequestRoutes,
  addRunRoutes,
  addAuditRoutes,
  addSandboxRoutes,
] as const;

export function addSharedRoutes(app: App, context: ApiContext): void {
  for (const add of all) add(app, context);
}
