// One signed batch into observations, or the reason why it's refused: signature, form, sequence, who speaks for whom. Ages
// become times on the controller's clock; what the way here took beyond the usual is added to the age.
import type { Observation } from '@petrov/core/observation';
import { ObservationBatch, type SignedBatch } from '@petrov/core/wire';
import { refuseSighting, type Source } from './sources.ts';

export type Taken =
  | {
      readonly ok: true;
      readonly observations: readonly Observation[];
      readonly gapMs: number;
      readonly refused: readonly string[];
      readonly missed: number;
    }
  | { readonly ok: false; readonly why: 'signature' | 'form' | 'sequence' | 'source'; readonly says: string };

/** What is remembered of one source between its batches. */
type Course = {
  readonly bootId: string;
  seq: number;
  readonly earlier: readonly string[];
  readonly transit: { atMs: number; ms: number }[];
};

export type BatchTaker = (
  source: Source,
  signed: SignedBatch,
  receivedAt: { nowMs: number; monotonicMs: number },
) => Taken;

/** How long the fastest batch of a source counts as what the way usually takes. */
const TRANSIT_WINDOW_MS = 600_000;
const TRANSIT_BUCKET_MS = 60_000;
const STARTS_KEPT = 50;

export function createBatchTaker(members: ReadonlyMap<string, ReadonlySet<string>>): BatchTaker {
  const courses = new Map<string, Course>();
  return (source, signed, receivedAt) => {
    if (!source.verifier.verify(signed.batch, signed.signature)) {
      return { ok: false, why: 'signature', says: `a batch of ${source.id} isn't signed by its key` };
    }
    const batch = parseBatch(signed.batch);
    if (typeof batch === 'string')
      return { ok: false, why: 'form', says: `a batch of ${source.id} can't be read: ${batch}` };
    if (batch.source !== source.id) {
      return { ok: false, why: 'source', says: `${source.id} sent a batch in the name of ${batch.source}` };
    }
    const kept = courses.get(source.id);
    const course = kept?.bootId === batch.bootId ? kept : begin(batch.bootId, kept);
    if (batch.seq <= course.seq || course.earlier.includes(batch.bootId)) {
      return {
        ok: false,
        why: 'sequence',
        says: `${source.id} sent batch ${batch.seq} after ${course.seq}: it's old or doubled`,
      };
    }
    const missed = course.seq === 0 ? 0 : batch.seq - course.seq - 1;
    course.seq = batch.seq;
    courses.set(source.id, course);
    const delayMs = transitDelay(course, batch.sentMonotonicMs, receivedAt.monotonicMs);
    const refused: string[] = [];
    const observations = batch.observations.flatMap(({ ageMs, ...sighting }): Observation[] => {
      const why = refuseSighting(source, sighting) ?? refusePlace(members, sighting);
      if (why !== undefined) refused.push(why);
      return why === undefined ? [{ ...sighting, atMs: receivedAt.nowMs - ageMs - delayMs }] : [];
    });
    return { ok: true, observations, gapMs: batch.gapMs, refused, missed };
  };
}

/** A new start of the source; the ones before it are over for good. */
function begin(bootId: string, before: Course | undefined): Course {
  const earlier = before ? [before.bootId, ...before.earlier].slice(0, STARTS_KEPT) : [];
  return { bootId, seq: 0, earlier, transit: [] };
}

function parseBatch(text: string): ObservationBatch | string {
  try {
    const parsed = ObservationBatch.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : (parsed.error.issues[0]?.message ?? 'bad form');
  } catch {
    return 'it is no JSON';
  }
}

/**
 * Arrival minus departure means nothing by itself (two clocks); its excess over the least of the last ten minutes is how
 * much longer this batch was under way than the fastest. One least value a minute is kept.
 */
function transitDelay(course: Course, sentMonotonicMs: number, receivedMonotonicMs: number): number {
  const ms = receivedMonotonicMs - sentMonotonicMs;
  const { transit } = course;
  while (transit[0] && transit[0].atMs < receivedMonotonicMs - TRANSIT_WINDOW_MS) transit.shift();
  const last = transit.at(-1);
  if (!last || last.atMs < receivedMonotonicMs - TRANSIT_BUCKET_MS) transit.push({ atMs: receivedMonotonicMs, ms });
  else last.ms = Math.min(last.ms, ms);
  return Math.max(0, ms - Math.min(...transit.map((one) => one.ms)));
}

function refusePlace(
  members: ReadonlyMap<string, ReadonlySet<string>>,
  seen: { cluster: string; member?: string | undefined },
) {
  const known = members.get(seen.cluster);
  if (!known) return `it speaks of the unknown cluster ${seen.cluster}`;
  return seen.member === undefined || known.has(seen.member)
    ? undefined
    : `it speaks of the unknown member ${seen.member}`;
}
