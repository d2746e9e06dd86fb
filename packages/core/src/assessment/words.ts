// How things are said: durations, outcomes, lists. One voice for console, pages, terminal and record.
const outcomes: Readonly<Record<string, string>> = {
  ok: 'answers',
  refused: 'connection refused',
  timeout: 'no answer',
  unreachable: 'host unreachable',
  'dns-failed': 'its name does not resolve',
  'tls-failed': 'TLS handshake failed',
  'auth-failed': 'login refused',
  'too-many-connections': 'no connection slot free',
  'starting-up': 'it is starting up',
  'shutting-down': 'it is shutting down',
  error: 'it answers with an error',
  'read-only': 'it takes no writes',
  'disk-full': 'its disk is full',
};

export function sayOutcome(outcome: string): string {
  return outcomes[outcome] ?? outcome;
}

/** "0.4 s", "12 s", "2:31", "3 h": short enough for a phone. */
export function sayDuration(ms: number): string {
  if (ms < 10_000) return `${(Math.max(0, ms) / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')} min`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}

export function sayBytes(bytes: number): string {
  if (bytes < 1024) return `${Math.round(bytes)} B`;
  if (bytes < 1024 ** 2) return `${trim(bytes / 1024)} KiB`;
  if (bytes < 1024 ** 3) return `${trim(bytes / 1024 ** 2)} MiB`;
  return `${trim(bytes / 1024 ** 3)} GiB`;
}

export function sayList(names: readonly string[]): string {
  if (names.length <= 1) return names.join('');
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

function trim(value: number): string {
  return value < 10 ? value.toFixed(1).replace(/\.0$/, '') : String(Math.round(value));
}
