// The probes, one file each. A new one: its file, and one line here.
import { self } from './self.ts';
import { sql } from './sql.ts';
import { tcp } from './tcp.ts';
import { walReceiver } from './wal-receiver.ts';
import { walSenders } from './wal-senders.ts';
import { write } from './write.ts';

export const probes = [tcp, sql, write, walReceiver, walSenders, self] as const;
