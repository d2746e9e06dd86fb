// By taking away what its commits wait for: every synchronous standby is ours, and none of them acknowledges to it any more.
// Nothing is done at the old primary itself, so it works when nobody can reach that.
import { sayForbidden } from '../../assessment/findings/index.ts';
import { findSendersTold } from '../loss.ts';
import type { FenceWay } from './way.ts';

export const syncStarved: FenceWay = {
  withinMs: 30_000,
  expect(given, found, ahead = []) {
    const { primary, topology, memory } = given;
    const told = findSendersTold(given);
    if (told === undefined && memory.senders.has(primary))
      return {
        is: 'impossible',
        because: `which standbys the commits of ${primary} wait for was last told too long before the trouble`,
      };
    const standbys = told?.facts.syncStandbys;
    if (standbys === undefined)
      return { is: 'impossible', because: `it is not known which standbys the commits of ${primary} wait for` };
    if (standbys.length === 0) return { is: 'impossible', because: `the commits of ${primary} wait for no standby` };
    const ours = new Set(topology.members.map(({ id }) => id).filter((id) => id !== primary));
    const foreign = standbys.filter((id) => !ours.has(id));
    if (foreign.length > 0)
      return {
        is: 'impossible',
        because: `"${foreign.join(', ')}" may acknowledge commits of ${primary} and is no standby of ours`,
      };
    const silent = standbys.filter((id) => found.hosts.find((host) => host.member === id)?.isFresh !== true);
    if (silent.length > 0)
      return {
        is: 'impossible',
        because: `the agent on ${silent.join(', ')} is silent, so it can't be kept from ${primary}`,
      };
    const forbidding = standbys.find((id) => sayForbidden(memory.hosts.get(id), ['repoint']) !== undefined);
    if (forbidding !== undefined)
      return {
        is: 'impossible',
        because: `the agent on ${forbidding} ${sayForbidden(memory.hosts.get(forbidding), ['repoint'])}, so it can't be kept from ${primary}`,
      };
    // It points the standbys at the candidate, which is before that could take what it lacks from one of them.
    if (ahead.length > 0)
      return {
        is: 'impossible',
        because: `${ahead.join(', ')} received more than the candidate, so no standby can be pointed at that yet`,
      };
    return {
      is: 'expected',
      once: `${standbys.join(', ')} acknowledge nothing to ${primary} any more, whose commits wait for one of them`,
      except:
        'Commits at synchronous_commit local or off wait for nobody: they are not covered. Nor are any once somebody on its side empties synchronous_standby_names.',
      standbys,
    };
  },
  fence: ({ member, standbys = [] }) => ({
    says: `Starve ${member}: none of ${standbys.join(', ')} acknowledges its commits any more`,
    command: `agents on ${standbys.join(', ')}: follow the candidate; read each: detached from ${member}`,
    doneWhen: `each of ${standbys.join(', ')} is read as detached from ${member}`,
  }),
  unfence: ({ member, standbys = [] }) => ({
    says: `Point ${standbys.join(', ')} at ${member} again, if no other member is out of recovery`,
    command: `agents on ${standbys.join(', ')}: follow ${member}`,
    doneWhen: 'their agents have pointed them there',
  }),
  byHand: ({ member, standbys = [] }) => `point ${standbys.join(', ')} at ${member} again (primary_conninfo, reload)`,
};
