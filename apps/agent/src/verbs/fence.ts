// fence: no write is acknowledged here any more, and no start of this Postgres, by whomever, is writable. First every
// process ends, then standby.signal and the fence file are on disk, then the proof is told.
import { chownSync, statSync } from 'node:fs';
import { readDownFacts, hasStandbySignal, standbySignalPath } from '../postgres/down-facts.ts';
import { listProcesses, readPidFile } from '../postgres/processes.ts';
import { FENCE_PATIENCE, stopAll } from '../postgres/stop.ts';
import { writeDurably } from '../state/durable.ts';
import { ambiguous, done, type Verb } from '../verb.ts';

export const fence: Verb<'fence'> = {
  verb: 'fence',
  async act({ host, command }) {
    const { config, state } = host;
    const { dataDirectory, member } = config;
    const earlier = state.fence();
    const hadStandbySignal = earlier?.hadStandbySignal ?? hasStandbySignal(dataDirectory);
    const wasRunning = earlier?.wasRunning ?? listProcesses(dataDirectory).length > 0;
    const pidFile = readPidFile(dataDirectory);

    const left = await stopAll(dataDirectory, FENCE_PATIENCE);
    writeStandbySignal(dataDirectory);
    state.keepFence({ proposal: command.args.proposal, epoch: command.epoch, hadStandbySignal, wasRunning });
    // One that began to start in between has read no standby.signal: it ends too.
    const late = left.length > 0 ? left : await stopAll(dataDirectory, { fastMs: 0, immediateMs: 0, killMs: 1_000 });

    const facts = await readDownFacts(host, pidFile);
    if (late.length > 0) {
      const states = late.map((one) => `${one.pid} (${one.state})`).join(', ');
      return ambiguous(
        `Not proven on ${member}: processes can't be ended: ${states}. Power, network or "unfenced" remain.`,
        facts,
      );
    }
    if (facts.sharedMemoryAttached)
      return ambiguous(`Not proven on ${member}: its shared memory is still attached.`, facts);
    return done(`${member} is fenced: no process is left, and any start of it is read-only.`, facts);
  },
};

export function writeStandbySignal(dataDirectory: string): void {
  const path = standbySignalPath(dataDirectory);
  writeDurably(path, '');
  const { uid, gid } = statSync(dataDirectory);
  chownSync(path, uid, gid); // the server removes it when it's promoted one day
}
