/**
 * Mistakes to put behind the seam, to see that the explorer finds them.
 *
 * @module
 */

import type { Seam } from "../../scheduler/multi_thread/atomics.ts";
import type { Bug } from "./scenario.ts";

/** Compares in one step and writes in the next. */
export const splitCompareExchange: Bug = {
  name: "a compare-and-exchange in two steps",
  wrap: (seam) => ({
    ...seam,
    compareExchange: (words, index, expected, value) => {
      const found = seam.load(words, index);
      if (found === expected) seam.store(words, index, value);
      return found;
    },
  }),
};

/** Reads in one step and writes in the next. */
export const splitExchange: Bug = {
  name: "an exchange in two steps",
  wrap: (seam) => ({
    ...seam,
    exchange: (words, index, value) => {
      const found = seam.load(words, index);
      seam.store(words, index, value);
      return found;
    },
  }),
};

/** Reads in one step and writes the sum in the next. */
export const splitAdd: Bug = {
  name: "an addition in two steps",
  wrap: (seam) => ({
    ...seam,
    add: (words, index, value) => {
      const found = seam.load(words, index);
      seam.store(words, index, found + value);
      return found;
    },
  }),
};

/** Reads in one step and writes the difference in the next. */
export const splitSub: Bug = {
  name: "a subtraction in two steps",
  wrap: (seam) => ({
    ...seam,
    sub: (words, index, value) => {
      const found = seam.load(words, index);
      seam.store(words, index, found - value);
      return found;
    },
  }),
};

/** Clears bits in two steps. */
export const splitAnd: Bug = {
  name: "bits cleared in two steps",
  wrap: (seam) => ({
    ...seam,
    and: (words, index, value) => {
      const found = seam.load(words, index);
      seam.store(words, index, found & value);
      return found;
    },
  }),
};

/** Wakes nobody. */
export const lostNotify: Bug = {
  name: "a notify that is lost",
  wrap: (seam) => ({ ...seam, notify: () => {} }),
};

/** Answers every load of a word with what the thread's first load found. */
export function staleLoad(word: number, name: string): Bug {
  return {
    name: `a stale load of ${name}`,
    wrap: (seam) => {
      let first: number | undefined;
      return {
        ...seam,
        load: (words, index) => {
          const found = seam.load(words, index);
          return index === word ? first ??= found : found;
        },
      };
    },
  };
}

/** Puts what is written to some words, but not compared, behind the next `steps` steps. */
export function lateStore(isLate: (index: number) => boolean, name: string, steps = 1): Bug {
  return {
    name: `${name} written late`,
    wrap: (seam) => {
      let left = 0;
      let held = () => {};
      const behind = <A extends unknown[], R>(operation: (...args: A) => R) => (...args: A): R => {
        const result = operation(...args);
        if (left > 0 && --left === 0) held();
        return result;
      };
      const hold = (write: () => void) => {
        held = write;
        left = steps;
      };
      const wrapped: Seam = {
        load: behind(seam.load),
        store: behind(seam.store),
        add: behind(seam.add),
        sub: behind(seam.sub),
        and: behind(seam.and),
        or: behind(seam.or),
        exchange: behind(seam.exchange),
        compareExchange: behind(seam.compareExchange),
        wait: behind(seam.wait),
        notify: behind(seam.notify),
      };
      return {
        ...wrapped,
        store: (words, index, value) => {
          if (!isLate(index)) return wrapped.store(words, index, value);
          hold(() => seam.store(words, index, value));
          return value;
        },
        exchange: (words, index, value) => {
          if (!isLate(index)) return wrapped.exchange(words, index, value);
          hold(() => seam.store(words, index, value));
          return seam.load(words, index);
        },
      };
    },
  };
}
