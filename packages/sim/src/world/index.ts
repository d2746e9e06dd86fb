// Scenarios played in a modelled world, with the same engine that runs in production.
export { play, type Played } from './play.ts';
