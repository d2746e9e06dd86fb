// Readiness as the controller would say it, by its own checks: in order, or with something of each kind.
import { checkReadiness, sayReadiness } from '@petrov/core/readiness';
import { ReadinessView } from '@petrov/core/wire';
import { readyFacts, slotOf, unreadOf, withSettings } from '@petrov/sim/cases';
import type { WorldName } from './worlds.ts';

export function readinessOf(name: WorldName, nowMs: number): ReadinessView {
  const { members } = readyFacts({
    'orders-1': { ...withSettings({ wal_log_hints: 'off' }), slots: [slotOf('cdc', { kind: 'logical' })] },
    'orders-2': { isReplayPaused: true },
  });
  const worse = readyFacts({}, { members: [...members.slice(0, 2), unreadOf('orders-3')] });
  const checks = checkReadiness(name === 'healthy' ? worse : readyFacts());
  return ReadinessView.parse({ cluster: 'orders', nowMs, atMs: nowMs - 2_000, says: sayReadiness(checks), checks });
}
