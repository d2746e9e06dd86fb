// Something that is started and stopped again and again, such as the place where agents dial in.
export class Door {
  readonly #start: () => Promise<() => Promise<void>>;
  #stop: (() => Promise<void>) | undefined;

  constructor(start: () => Promise<() => Promise<void>>) {
    this.#start = start;
  }

  async open(): Promise<void> {
    this.#stop ??= await this.#start();
  }

  async close(): Promise<void> {
    await this.#stop?.();
    this.#stop = undefined;
  }
}
