// REST of a sandbox: served by the process that built it, on a unix socket, and passed on by its controller.
import { z } from 'zod';

export const FaultRequest = z.object({ name: z.string(), args: z.array(z.string()).default([]) });
export type FaultRequest = z.infer<typeof FaultRequest>;
export const SandboxView = z.object({
  site: z.string(),
  members: z.array(z.object({ id: z.string(), postgres: z.string() })),
  /** What can be broken here, ready to press. */
  faults: z.array(
    z.object({
      name: z.string(),
      args: z.array(z.string()),
      label: z.string(),
      breaks: z.enum(['database', 'view']),
      summary: z.string(),
    }),
  ),
  active: z.array(z.object({ name: z.string(), args: z.array(z.string()), atMs: z.number() })),
});
export type SandboxView = z.infer<typeof SandboxView>;
export const InboxView = z.object({
  messages: z.array(
    z.object({
      id: z.string(),
      receivedAtMs: z.number(),
      signatureOk: z.boolean(),
      type: z.string(),
      body: z.unknown(),
    }),
  ),
});
export type InboxView = z.infer<typeof InboxView>;
