// Numbers as a person says them: with a unit, an age, and no more digits than matter.
const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

export function formatBytes(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(Math.floor(Math.log2(bytes) / 10), units.length - 1);
  const value = bytes / 1024 ** power;
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[power]}`;
}

/** "64MiB", "512 KiB", "1000" in bytes; undefined for anything else. */
export function parseBytes(text: string): number | undefined {
  const [, count, unit = 'B'] = /^(\d+)\s?(B|KiB|MiB|GiB|TiB)?$/.exec(text) ?? [];
  const bytes = Number(count) * 1024 ** units.indexOf(unit);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

export function formatDuration(ms: number): string {
  if (ms < 10_000) return `${(Math.max(0, ms) / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 2_880) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return `${Math.floor(minutes / 1_440)} days`;
}

export function formatAge(atMs: number, nowMs: number): string {
  return `${formatDuration(nowMs - atMs)} ago`;
}

export function formatTime(atMs: number): string {
  return new Date(atMs).toISOString().replace('T', ' ').replace('Z', ' UTC');
}

const durationUnits = { ms: 1, s: 1_000, m: 60_000, min: 60_000, h: 3_600_000 } as const;

/** "5m", "90s", "1h30m" in ms; undefined for anything else. */
export function parseDuration(text: string): number | undefined {
  if (!/^(\d+(ms|s|min|m|h))+$/.test(text)) return undefined;
  const parts = text.matchAll(/(\d+)(ms|s|min|m|h)/g);
  return [...parts].reduce(
    (total, [, count, unit]) => total + Number(count) * durationUnits[unit as keyof typeof durationUnits],
    0,
  );
}
