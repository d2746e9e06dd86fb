import { afterEach, expect, it, vi } from 'vitest';
import { watchStopSignals } from './stop-signals.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

it('takes a signal that comes twice in one press as one, and a second press as an order to end at once', async () => {
  const exit = vi.spyOn(process, 'exit').mockReturnValue(undefined as never);
  const notes: string[] = [];
  let nowMs = 1_000;
  const stop = watchStopSignals(
    (text) => notes.push(text),
    () => nowMs,
  );
  try {
    process.emit('SIGINT', 'SIGINT');
    nowMs += 40;
    process.emit('SIGINT', 'SIGINT');
    expect(await stop.asked).toBe('SIGINT');
    expect([stop.signal.aborted, exit.mock.calls, notes]).toEqual([true, [], []]);
    nowMs += 1_000;
    process.emit('SIGINT', 'SIGINT');
    expect(exit.mock.calls).toEqual([[1]]);
    expect(notes.join(' ')).toContain('petrov sandbox down');
  } finally {
    stop.dispose();
  }
});
