// Fencing by a power switch, a hypervisor or a cloud over HTTP: asks for off, then asks how it is until the answer says off.
// That a request was taken proves nothing, and neither does an answer that can't be read. Works whatever became of the host.
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { HttpFence, PowerCall } from '@petrov/core/wire';
import { ambiguous, type Answered, type DriverDeps, done, type Perform, refused } from '../drivers/driver.ts';
import type { Fence, ReadSecret } from './fence.ts';
import { type Called, call } from './http/call.ts';
import { fillPlaces, type Places } from './http/places.ts';
import { readPointer } from './http/pointer.ts';

type Power = 'off' | 'on';
type Request = Parameters<typeof call>[0];
/** How a request for a turn ended: taken, plainly not taken, or nobody knows. */
type Asked = { readonly is: 'taken' | 'declined' | 'unclear'; readonly says: string };
type Seen = { readonly is: Power | 'unclear'; readonly says: string };
type Switch = {
  readonly ask: (to: Power, places: Places, withinMs: number) => Promise<Asked>;
  readonly see: (places: Places, withinMs: number) => Promise<Seen>;
};

export function createHttpFence(settings: HttpFence, readSecret: ReadSecret): Fence {
  const power = createSwitch(settings, readSecret);
  return {
    fence: (deps, perform) => turn(deps, perform, { settings, power, to: 'off' }),
    unfence: async (deps, perform) => {
      const { member } = perform.step;
      if (settings.on === undefined)
        return refused(`The configuration says no way to power ${member} on: do it by hand.`);
      return await turn(deps, perform, { settings, power, to: 'on' });
    },
  };
}

async function turn(
  deps: DriverDeps,
  { run, step }: Perform,
  { settings, power, to }: { settings: HttpFence; power: Switch; to: Power },
): Promise<Answered> {
  const { member } = step;
  const until = deps.clock.monotonicMs() + step.deadlineMs;
  const leftMs = () => Math.max(0, Math.floor(until - deps.clock.monotonicMs()));
  const withinMs = () => Math.max(1, Math.min(settings.answerWithinMs, leftMs()));
  const places = { cluster: run.cluster, member, name: settings.names[member] ?? member };
  const asking = power.ask(to, places, withinMs());
  deps.onActing(step.id);
  const asked = await asking;
  let seen: Seen = { is: 'unclear', says: 'it was not asked how it is' };
  while (leftMs() > 0) {
    seen = await power.see(places, withinMs());
    if (seen.is === to)
      return done(`The power switch says that ${places.name} (${member}) is ${to}.`, {
        [member]: { power: to, proof: seen.says },
      });
    // Plainly not taken and plainly as before: nothing was changed.
    if (asked.is === 'declined' && seen.is !== 'unclear')
      return refused(
        `The power switch didn't turn ${places.name} (${member}) ${to}: ${asked.says}. It is ${seen.is}.`,
        {
          [member]: { power: seen.is, proof: seen.says },
        },
      );
    await pause(Math.min(settings.pollMs, leftMs()));
  }
  return ambiguous(
    `Not proven that ${member} is ${to}. Asked to turn ${places.name} ${to}: ${asked.says}. Asked how it is: ${seen.says}.`,
  );
}

function createSwitch(settings: HttpFence, readSecret: ReadSecret): Switch {
  const ca = settings.caFile === undefined ? undefined : readFileSync(settings.caFile, 'utf8');
  const headers = Object.fromEntries(
    Object.entries(settings.headers).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : `${value.prefix}${readSecret(value.secret).reveal()}`,
    ]),
  );
  const requestOf = (one: Pick<PowerCall, 'url'> & Partial<PowerCall>, places: Places, withinMs: number): Request => ({
    method: one.method ?? 'GET',
    url: fillPlaces(one.url, places),
    headers,
    body: one.body === undefined ? undefined : fillPlaces(one.body, places),
    ca,
    withinMs,
  });
  return {
    ask: async (to, places, withinMs) => {
      const one = settings[to];
      if (one === undefined) return { is: 'declined', says: 'no such request is configured' };
      return judgeTaken(await call(requestOf(one, places, withinMs)), one);
    },
    see: async (places, withinMs) =>
      judgeStatus(await call(requestOf(settings.status, places, withinMs)), settings.status),
  };
}

function judgeTaken(called: Called, { statuses, answer }: PowerCall): Asked {
  if (called.is === 'unclear') return called;
  const says = `it answered ${called.status}`;
  if (!statuses.includes(called.status)) return { is: called.status >= 500 ? 'unclear' : 'declined', says };
  if (answer === undefined) return { is: 'taken', says };
  const value = readPointer(called.text, answer.pointer);
  const is = value === answer.value ? 'taken' : 'unclear';
  return { is, says: `${says} with ${JSON.stringify(value) ?? 'nothing'} at ${answer.pointer}` };
}

function judgeStatus(called: Called, { pointer, off, on }: HttpFence['status']): Seen {
  if (called.is === 'unclear') return called;
  if (called.status !== 200) return { is: 'unclear', says: `it answered ${called.status}` };
  const value = readPointer(called.text, pointer);
  const says = `it answered 200 with ${JSON.stringify(value)?.slice(0, 200) ?? 'nothing'} at ${pointer}`;
  return { is: value === off ? 'off' : value === on ? 'on' : 'unclear', says };
}
