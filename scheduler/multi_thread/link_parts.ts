/**
 * What a link deals with: what it is made of, where calls go, and who is told of what comes back.
 *
 * @module
 */

import type { Domain } from "./domain.ts";
import type { Link } from "./link.ts";
import type { WakeSelector } from "./parking.ts";
import type { Attachments } from "./wire.ts";

/** A call that there is no room for yet. */
export interface Parcel {
  /** The number of its function. */
  readonly fn: number;
  /** Its arguments, as {@linkcode Encoder} writes them. */
  readonly words: Int32Array;
}

/** Where calls go: the workers of a runtime, or its threads for what blocks. */
export interface Destination {
  /** Takes the first `count` calls of `batch`, and sees to it that somebody runs them. */
  deliver(batch: Int32Array, count: number, link: Link): void;
}

/** Work that any worker may do, and this isolate does because it is one. */
export interface Crew {
  /** Takes a task that was spawned here, if it is to stay with this worker for now. */
  accept(record: number, destination: Destination): boolean;
  /** See {@linkcode Companion.resume}. */
  resume(): void;
  /** Does some work; see {@linkcode Companion.turn}. */
  turn(most: number): number;
  /** See {@linkcode Companion.mayRest}. */
  mayRest(): boolean;
  /** Looks for tasks that somebody has aborted. */
  abortTasks(): void;
}

/** Who has sent a call. */
export interface Caller {
  /** Its record has come back, and is no longer known here. */
  ended(): void;
  /** The thread that had the call will not answer in time. Its record may still come back. */
  abandoned(): void;
}

/** What waits on a shared primitive. */
export interface Woken {
  /** Its record came out of the list of this isolate; it is given back afterwards. */
  woken(record: number): void;
}

/** Shared memory by number, which may be on its way. */
export interface Arrivals extends Attachments {
  /** Waits until shared memory has arrived. */
  arrival(id: number): Promise<void>;
}

/** What the surroundings of a link do for it. */
export interface LinkParts {
  /** The memory of all. */
  readonly domain: Domain;
  /** Wakes the selector of another isolate. */
  readonly wakeSelector: WakeSelector;
  /** Shared memory by number. */
  readonly attachments: Arrivals;
  /** Called when the first call is under way, and when the last one has ended. */
  readonly expect: (something: boolean) => void;
  /**
   * Called when this isolate has said that it rests, if that is not enough to be woken. `false` if
   * it has been told of something since.
   */
  readonly rest?: () => boolean;
}
