// look: what this member is. Changes nothing; needs no approval and no epoch.
import { askLocally, readFacts } from '../postgres/local-server.ts';
import { hasStandbySignal, readDownFacts, unfinishedFact } from '../postgres/down-facts.ts';
import { done, explain, type Host, type Outcome, type Verb } from '../verb.ts';

export const look: Verb<'look'> = {
  verb: 'look',
  act: ({ host }) => lookAround(host),
};

export async function lookAround(host: Host): Promise<Outcome> {
  const { config, state } = host;
  try {
    const facts = await askLocally(config, (ask) => readFacts(ask, config));
    const fence = { fenced: state.fence() !== undefined, standbySignal: hasStandbySignal(config.dataDirectory) };
    return done(`Postgres on ${config.member} answers.`, { ...facts, ...fence, ...unfinishedFact(state) });
  } catch (error) {
    return done(
      `Postgres on ${config.member} doesn't answer: ${explain(error)}.`,
      await readDownFacts(host, undefined, false),
    );
  }
}
