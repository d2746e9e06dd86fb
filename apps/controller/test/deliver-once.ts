// A process of its own for the test of deliveries: commits a page to the outbox of DATABASE_URL, says so on stdout, and
// then delivers to HOOK_URL, unless it's killed before.
import { systemClock } from '@petrov/runtime/clock';
import { createPool, transaction } from '@petrov/runtime/postgres';
import { insertPages } from '../src/store/statements/outbox.ts';
import { makePage } from './made.ts';
import { silent } from './servers.ts';

const pool = createPool({ url: process.env['DATABASE_URL'] ?? '', applicationName: 'test-child', log: silent });
const nowMs = systemClock.nowMs();
await transaction(pool, (client) =>
  insertPages(client, [makePage('e-1.raised.1')], { pagersOf: () => ['hook'], nowMs }),
);
process.stdout.write('committed\n');
process.stdin.resume();
