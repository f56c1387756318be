/** The time as a dependency: pure code takes `now`, everything else takes a `Clock`. */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };
