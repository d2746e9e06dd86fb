// One logger, on stderr: static message and fields. error = someone must act, warn = odd but dealt with,
// info = a transition, debug = the rest.
import { destination, pino, type Logger } from 'pino';

export type { Logger } from 'pino';

const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

/** `level` is PETROV_LOG; an unknown one counts as info. */
export function createLog(name: string, level: string | undefined = process.env['PETROV_LOG']): Logger {
  const known = level !== undefined && levels.includes(level) ? level : 'info';
  return pino({ name, level: known }, destination({ dest: 2, sync: true }));
}
