// The environment of the command line: the one place that reads it.
import { z } from 'zod';

export type CliEnvironment = {
  /** The value of a session's cookie, for `--url` from another host. */
  readonly session?: string | undefined;
  /** Who typed `sudo`: the record should name the person. */
  readonly sudoUser?: string | undefined;
  /** Handed on to a controller that is started from here: its secrets may be in it by name. */
  readonly processEnv?: Readonly<Record<string, string | undefined>>;
};

const Environment = z.object({
  PETROV_SESSION: z.string().optional(),
  SUDO_USER: z.string().optional(),
});

export function readCliEnvironment(env: Readonly<Record<string, string | undefined>>): CliEnvironment {
  const { PETROV_SESSION, SUDO_USER } = Environment.parse(env);
  return { session: PETROV_SESSION, sudoUser: SUDO_USER, processEnv: env };
}
