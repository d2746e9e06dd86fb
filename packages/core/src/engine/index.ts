// The whole controller without IO.
export * from './io.ts';
