// Ctrl-C and SIGTERM: the first asks for a clean end, the second ends at once; what then stays is cleared by the next start.
export type StopSignals = {
  readonly signal: AbortSignal;
  /** Resolves at the first signal. */
  readonly asked: Promise<NodeJS.Signals>;
  readonly dispose: () => void;
};

/** One press may arrive twice: by the terminal, and once more from npm, which passes on what it got itself. */
const ONE_PRESS_MS = 500;

export function watchStopSignals(note: (text: string) => void, now = () => performance.now()): StopSignals {
  const controller = new AbortController();
  let firstAtMs = 0;
  const { promise: asked, resolve } = Promise.withResolvers<NodeJS.Signals>();
  const take = (signal: NodeJS.Signals): void => {
    if (controller.signal.aborted) {
      if (now() - firstAtMs < ONE_PRESS_MS) return;
      note('Forced: what is left is cleared by the next "petrov up" or "petrov sandbox down".');
      process.exit(1);
    }
    firstAtMs = now();
    controller.abort(new Error(`stopped by ${signal}`));
    resolve(signal);
  };
  process.on('SIGINT', take);
  process.on('SIGTERM', take);
  process.on('SIGHUP', take);
  return {
    signal: controller.signal,
    asked,
    dispose: () => {
      for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.off(name, take);
    },
  };
}
