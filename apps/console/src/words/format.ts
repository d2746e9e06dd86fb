// Numbers as people read them: always with a unit, always the same width for the same magnitude.
const clockFormat = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const dayFormat = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
const numberFormat = new Intl.NumberFormat('en-US');

/** A span: `0 s`, `42 s`, `2:31`, `1 h 05 min`, `3 d 4 h`. Negative spans read as 0. */
export function formatSpan(spanMs: number): string {
  const seconds = Math.max(0, Math.floor(spanMs / 1_000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}:${pad(seconds % 60)}`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${pad(minutes % 60)} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

export function formatAge(atMs: number | undefined, nowMs: number): string {
  return atMs === undefined ? 'never seen' : `${formatSpan(nowMs - atMs)} ago`;
}

/** How long something took, to the tenth: `0.4 s`, `12.0 s`, then as a span. */
export function formatTook(spanMs: number): string {
  return spanMs < 60_000 ? `${(Math.max(0, spanMs) / 1_000).toFixed(1)} s` : formatSpan(spanMs);
}

export function formatClock(atMs: number): string {
  return clockFormat.format(atMs);
}

export function formatMoment(atMs: number): string {
  return `${dayFormat.format(atMs)}, ${clockFormat.format(atMs)}`;
}

export function formatCount(count: number): string {
  return numberFormat.format(Math.round(count));
}

/** `0 B`, `136 B`, `16 KiB`, `4 MiB`; one decimal below ten. */
export function formatBytes(bytes: number): string {
  let value = Math.max(0, bytes);
  for (const unit of ['B', 'KiB', 'MiB', 'GiB']) {
    if (value < 1_024) return `${unit === 'B' || value >= 10 ? Math.round(value) : trim(value)} ${unit}`;
    value /= 1_024;
  }
  return `${trim(value)} TiB`;
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

function trim(value: number): string {
  return value.toFixed(1).replace(/\.0$/, '');
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}
