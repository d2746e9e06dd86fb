// start-as-standby: this member, down or read-only, comes up as a standby of another. Its fence is lifted, the epoch stays.
// Done when its receiver streams from there on the upstream's timeline; when it can't, its log says why.
import { askPeerById } from '../host/peers.ts';
import { setDurably } from '../postgres/configuration.ts';
import { readControlData } from '../postgres/control-data.ts';
import { askLocally, readFacts } from '../postgres/local-server.ts';
import { readSetting } from '../postgres/programs.ts';
import { conninfoTo, isStreamingFrom } from '../postgres/receiver.ts';
import { markLog, type ServerLog } from '../postgres/server-log.ts';
import { startServer } from '../postgres/start.ts';
import { isDone } from '../postgres/stop.ts';
import { stopStandby } from '../rejoin/stop-standby.ts';
import { ambiguous, done, type Given, leftMs, type Outcome, refused, type Verb } from '../verb.ts';
import { writeStandbySignal } from './fence.ts';
import { lookAround } from './look.ts';

const ANSWER_MS = 500;
type Asked = Given<'start-as-standby'>;

export const startAsStandby: Verb<'start-as-standby'> = {
  verb: 'start-as-standby',
  async act(given) {
    const { host, command } = given;
    const { config, state } = host;
    const { member, dataDirectory } = config;
    const unfinished = state.unfinished();
    if (unfinished) {
      const says = `${member} holds a ${unfinished.verb} that ended half-way: rewind or clone it again first.`;
      return refused(says, { unfinished: unfinished.verb });
    }
    const before = await readSetting(config, 'primary_conninfo');
    if (!before.ok) return refused(`${member} wasn't started: ${before.why}.`);
    const conninfo = conninfoTo(before.value, command.args);
    if (conninfo === undefined) {
      return refused(
        `${member} has no primary_conninfo of the form "name=value …", so nobody knows its user and passfile: set one in its postgresql.auto.conf.`,
      );
    }
    const notDown = await stopStandby(given);
    if (notDown) return notDown;

    writeStandbySignal(dataDirectory);
    const { slot } = command.args;
    setDurably(dataDirectory, {
      primary_conninfo: conninfo,
      ...(slot === undefined ? {} : { primary_slot_name: slot }),
    });
    const timeline = await findTimeline(given);
    state.keepStanding({ epoch: command.epoch, timeline });
    state.dropFence();
    return start(given, timeline);
  },
};

/** The upstream's, where it can be asked: the receiver may stream the old one first. */
async function findTimeline({ host: { config }, command }: Asked): Promise<number> {
  const own = (await readControlData(config.binDirectory, config.dataDirectory)).timeline;
  const told = await askPeerById(config, command.args.upstream).catch(() => undefined); // own is the least it can be
  return Math.max(own, told?.timeline ?? 0);
}

async function start(given: Asked, timeline: number): Promise<Outcome> {
  const { host, command } = given;
  const { config } = host;
  const { upstream } = command.args;
  const log = markLog(config);
  const within = () => leftMs(given, command.ttlMs - ANSWER_MS);
  const failed = await startServer(config, within(), () => log.isForked());
  if (failed === undefined) {
    const streams = async () => askLocally(config, (ask) => isStreamingFrom(ask, command.args, timeline));
    await isDone(async () => log.isForked() || (await streams().catch(() => false)), within(), 50); // asked again below
    if (await streams().catch(() => false)) {
      const facts = await askLocally(config, (ask) => readFacts(ask, config));
      return done(`${config.member} streams from ${upstream} on timeline ${facts.timeline}.`, { ...facts, upstream });
    }
  }
  const { facts } = await lookAround(host);
  return ambiguous(sayWhy(given, failed, log), { ...facts, ...complaintFact(log) });
}

function sayWhy({ host, command }: Asked, failed: string | undefined, log: ServerLog): string {
  const { member } = host.config;
  const complaint = log.lastComplaint();
  const why = complaint ?? failed;
  const words = why === undefined ? '.' : `: ${why}`;
  if (log.isForked()) return `${member} has WAL that ${command.args.upstream} hasn't and can't follow it${words}`;
  if (failed !== undefined) return `${member} was made a standby of ${command.args.upstream} and didn't start${words}`;
  return `${member} was started and doesn't stream from ${command.args.upstream} yet${words}`;
}

function complaintFact(log: ServerLog): { logSays?: string } {
  const logSays = log.lastComplaint();
  return logSays === undefined ? {} : { logSays };
}
