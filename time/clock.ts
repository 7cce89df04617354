/**
 * The monotonic clock, which tests may stop and move.
 *
 * @module
 */

/** Tells the time in milliseconds, with fractions, from some point in the past; never goes back. */
export interface Clock {
  /** Milliseconds since the clock's origin. */
  now(): number;
  /** As {@linkcode Clock.now}, also while the clock stands; only differences mean something. */
  elapsed?(): number;
  /** Milliseconds of processor time that this thread has used, where the system tells. */
  spent?(): number;
  /** Stops the clock at the next whole millisecond. */
  stop?(): void;
  /** Lets a clock that stands go on from where it stands. */
  start?(): void;
  /** Puts a clock that stands forward to `ms`. */
  moveTo?(ms: number): void;
}

/** What a clock that runs may be behind, because it rounds down: a 1024th of a millisecond. */
const RESOLUTION_MS: number = 1 / 1024;

/** What the clock may be behind now: nothing while it stands, so that tests can count on it. */
export let behindMs: number = RESOLUTION_MS;

/** The time of the host. */
let read = () => toTick(performance.now());

/** How far the clock is ahead of the host, because it was put forward while it stood. */
let ahead = 0;

/** Where the clock stands, or `undefined` while it runs. */
let standsAt: number | undefined;

/**
 * The monotonic clock of this isolate; its origin is the start of the isolate.
 *
 * It ticks in 1024ths of a millisecond, so that adding and subtracting whole milliseconds is exact.
 * Stopping it replaces `now`, so a clock that was never stopped pays nothing for it.
 */
export const monotonic: Clock = {
  now: read,
  elapsed: () => read(),
  stop() {
    standsAt = Math.ceil(monotonic.now());
    behindMs = 0;
    arrange();
  },
  start() {
    ahead = Math.ceil(standsAt! / RESOLUTION_MS) * RESOLUTION_MS - read();
    standsAt = undefined;
    behindMs = RESOLUTION_MS;
    arrange();
  },
  moveTo(ms) {
    standsAt = Math.max(standsAt!, ms);
  },
};

/**
 * Reads {@linkcode monotonic} from a quicker source from now on, one that ticks alike from another
 * origin. The offset is taken so that the change never puts the clock forward.
 *
 * @param source Tells the time.
 * @param spent Tells the processor time that this thread has used.
 */
export function quicken(source: () => number, spent: () => number): void {
  monotonic.spent = spent;
  const offset = read() - source();
  read = () => toTick(source() + offset);
  arrange();
}

/** Chooses how the clock is read. */
function arrange(): void {
  if (standsAt !== undefined) monotonic.now = () => standsAt!;
  else if (ahead === 0) monotonic.now = read;
  else monotonic.now = () => read() + ahead;
}

function toTick(milliseconds: number): number {
  return Math.floor(milliseconds / RESOLUTION_MS) * RESOLUTION_MS;
}
