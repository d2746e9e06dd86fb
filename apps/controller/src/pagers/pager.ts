// A pager sends one message to people outside. It answers what became of it; when it comes again is the queue's to say.
export type PagerMessage = {
  /** The same on each attempt. */
  readonly id: string;
  readonly type: string;
  readonly atMs: number;
  readonly data: Readonly<Record<string, unknown>>;
};

export type Sent =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'again'; readonly says: string; readonly afterMs?: number | undefined }
  /** A fault of the configuration: sending it again can't help. */
  | { readonly kind: 'dead'; readonly says: string };

export type Pager = {
  readonly id: string;
  /** Never rejects; ends by its own deadline. */
  readonly send: (message: PagerMessage) => Promise<Sent>;
};
