/**
 * Who polls, and how to reach it again.
 *
 * @module
 */

/**
 * Asks for the future to be polled again.
 *
 * Waking twice before the next poll is the same as waking once; waking what has ended does nothing.
 * A waker belongs to the isolate that made it.
 */
export interface Waker {
  /** Schedules another poll. Never polls by itself, so it may be called from anywhere. */
  wake(): void;
}

/** What a poll is given: the waker to keep when the answer is `Pending`. */
export interface Context {
  /** Wakes whoever is polling. */
  readonly waker: Waker;
}

let current: Context | undefined;

/** The context of the poll in progress, which `yield*` polls with; `undefined` outside of one. */
export function currentContext(): Context | undefined {
  return current;
}

/** Makes `context` the current one and returns the one before it, to be put back afterwards. */
export function swapContext(context: Context | undefined): Context | undefined {
  const outer = current;
  current = context;
  return outer;
}
