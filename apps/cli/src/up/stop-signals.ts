// Ctrl-C and SIGTERM: the first asks for a clean end, the second ends at once; what then stays is cleared by the next start.
export type StopSignals = {
  readonly signal: AbortSignal;
  /** Resolves at the first signal. */
  readonly asked: Promise<NodeJS.Signals>;
  readonly dispose: () => void;
};

export function watchStopSignals(note: (text: string) => void): StopSignals {
  const controller = new AbortController();
  const { promise: asked, resolve } = Promise.withResolvers<NodeJS.Signals>();
  const take = (signal: NodeJS.Signals): void => {
    if (controller.signal.aborted) {
      note('Forced: what is left is cleared by the next "petrov up" or "petrov sandbox down".');
      process.exit(1);
    }
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
