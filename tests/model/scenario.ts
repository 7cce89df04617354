/**
 * What a scenario of the model checker consists of.
 *
 * @module
 */

import type { Seam } from "../../scheduler/multi_thread/atomics.ts";

/** What a thread returns: numbers for the check, or nothing. */
export type Result = number | readonly number[] | void;

/** One thread of a scenario. It runs once for each schedule. */
export type Thread = (...memories: Int32Array[]) => Result;

/** Names of words by their index. */
export type Names = Readonly<Record<number, string>>;

/** A mistake put behind the seam, which the explorer has to find. */
export interface Bug {
  /** What is wrong, in a few words. */
  readonly name: string;
  /** Puts the mistake between the protocol and the seam. */
  wrap(seam: Seam): Seam;
}

/** A few threads that use a protocol, and what must be true in the end. */
export interface Scenario {
  /** What holds, as a sentence: the name of the test. */
  readonly title: string;
  /** The numbers of the rules that it is about, as at the head of the protocol's file. */
  readonly rules: string;
  /**
   * The number of words of each shared memory. They are 0 at the beginning of each schedule; where
   * there are more than 32,768, only those that the steps have written are cleared.
   */
  readonly memories: readonly number[];
  /** The names of their words, for the lists of steps. */
  readonly names?: readonly Names[];
  /** Brings the memories into the state in which the threads find them. */
  setup?(...memories: Int32Array[]): void;
  /** What each thread does. Its memory must be all that it knows. */
  readonly threads: readonly Thread[];
  /** Throws if the threads did what they must not. */
  check?(results: readonly (readonly number[])[], ...memories: Int32Array[]): void;
  /** The most preemptions of a schedule, where all schedules are too many. */
  readonly preemptions?: number;
  /** The same for a long search; left out, that one has no bound. */
  readonly longPreemptions?: number;
  /** Whether reads and writes without `Atomics` are steps too. */
  readonly plainSteps?: boolean;
  /** The mistakes that the explorer has to find. */
  readonly bugs?: readonly Bug[];
}
