// primary_conninfo, taken apart and put together again: host and port change, everything else (user, passfile,
// application_name, sslmode …) stays as the member has it. Source: PostgreSQL manual, "Connection Strings".

export type Setting = readonly [name: string, value: string];

/** Undefined for what isn't a keyword/value string (a URI, say). */
export function parseConninfo(text: string): Setting[] | undefined {
  const settings: Setting[] = [];
  let rest = text.trim();
  while (rest !== '') {
    const found = /^([a-z_]+)\s*=\s*(?:'((?:[^'\\]|\\.)*)'|((?:[^\s'\\]|\\.)*))(?:\s+|$)/.exec(rest);
    if (!found) return undefined;
    const [whole, name = '', quoted, plain] = found;
    settings.push([name, (quoted ?? plain ?? '').replace(/\\(.)/g, '$1')]);
    rest = rest.slice(whole.length);
  }
  return settings;
}

export function formatConninfo(settings: readonly Setting[]): string {
  return settings.map(([name, value]) => `${name}='${value.replace(/[\\']/g, '\\$&')}'`).join(' ');
}

/** The same connection to another server. `hostaddr` would overrule the host, so it goes. */
export function pointAt(text: string, host: string, port: number): string | undefined {
  const settings = parseConninfo(text);
  if (settings === undefined) return undefined;
  const kept = settings.filter(([name]) => !['host', 'port', 'hostaddr'].includes(name));
  return formatConninfo([['host', host], ['port', String(port)], ...kept]);
}
