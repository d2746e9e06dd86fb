// How clients find the primary with this host's help: a part of an agent's own file. Nothing of it comes from the controller.
import { z } from 'zod';

const program = z.string().startsWith('/', 'the whole path of a program');
/** A program with its arguments; no shell reads it. */
const Argv = z.tuple([program], z.string());

export const AddressConfig = z.object({
  /** IPv4 with its prefix, such as 10.0.0.100/24. */
  address: z.cidrv4(),
  interface: z.string().regex(/^[\w.-]{1,15}$/, 'a network interface, such as eth0'),
  ip: program.default('/usr/sbin/ip'),
  /** Of iputils: tells the neighbours where the address is now. */
  arping: program.default('/usr/bin/arping'),
});
export type AddressConfig = z.infer<typeof AddressConfig>;

export const HooksConfig = z.object({
  /** The local server is out of recovery and was not so before. */
  onPromoted: Argv.optional(),
  /** It was primary and is in recovery. */
  onDemoted: Argv.optional(),
  /** A fence has begun here, or stands. */
  onFenced: Argv.optional(),
  timeoutMs: z.number().int().min(100).max(600_000).default(30_000),
});
export type HooksConfig = z.infer<typeof HooksConfig>;

export const RoutingConfig = z.object({
  /** Answers the checks of load balancers over HTTP; absent: nothing listens. */
  health: z.object({ host: z.string().min(1), port: z.number().int().min(1).max(65_535).default(8008) }).optional(),
  /** An address that is where the primary is. */
  address: AddressConfig.optional(),
  /** Programs that are run when the role of the local server has changed. */
  hooks: HooksConfig.optional(),
});
export type RoutingConfig = z.infer<typeof RoutingConfig>;
