// What consoles are told as it happens.
export { Hub } from './hub.ts';
export { Live } from './live.ts';
export { SandboxWatch } from './sandbox-watch.ts';
