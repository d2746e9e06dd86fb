// A program that makes a site and then waits to be killed, for the test of leftovers.
import { createSite } from '../src/index.ts';
import { ROOT } from './support.ts';

const site = await createSite({ root: ROOT, cluster: 'doomed', members: 2 });
process.stdout.write(`${site.folder}\n`);
setInterval(() => undefined, 60_000);
