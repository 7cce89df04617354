/**
 * The world in which the selector conformance suite runs, and how the suite looks at it.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import type { Selector } from "../../ffi/backend.ts";

/** A connected pair of stream sockets, of which the near one is watched. */
export interface Pair {
  /** The descriptor of the near end. */
  readonly fd: number;
  /** Sends something to the near end. */
  feed(): void;
  /** Reads from the near end until it would block. */
  drain(): void;
  /** Writes to the near end until it would block. */
  fill(): void;
  /** Reads at the far end what there is. */
  relieve(): void;
  /** The far end sends no more. */
  halfClose(): void;
  /** The far end breaks the connection. */
  reset(): void;
  /** Closes both ends; the near one must not be watched any more. */
  close(): void;
}

/** A selector, and a world in which descriptors become ready. */
export interface World extends Disposable {
  readonly selector: Selector;
  /** A connected pair. */
  connect(): Pair;
  /** Wakes the selector that watches `waker`, as another thread would. */
  wake(waker: number): void;
  /** A number that is no descriptor, and what the system may call that. */
  readonly badDescriptor: { readonly fd: number; readonly codes: readonly string[] };
  /** Whether a new descriptor has the number of the one that was closed last. */
  readonly reusesNumbers: boolean;
  /** Milliseconds of the world's clock. */
  now(): number;
  /** Lets time pass. */
  pass(ms: number): Promise<void>;
}

/** An event. */
export interface Seen {
  readonly index: number;
  readonly generation: number;
  readonly bits: number;
}

/** Reads the events that a poll or a park has answered with; those of wakes are left out. */
export function read(selector: Selector, count: number): Seen[] {
  return Array.from({ length: count }, (_, i) => ({
    index: selector.index(i),
    generation: selector.generation(i),
    bits: selector.readiness(i),
  })).filter(({ index }) => index >= 0);
}

/** Polls until an event of `index` has all of `bits`, and answers with all that was seen. */
export function expect(world: World, index: number, bits: number, again = () => {}): Seen[] {
  const seen: Seen[] = [];
  for (let tries = 0; tries < 40; tries++) {
    seen.push(...read(world.selector, world.selector.poll(50)));
    if (seen.some((event) => event.index === index && (event.bits & bits) === bits)) return seen;
    again();
  }
  throw new Error(`No event ${bits} of index ${index}: saw ${JSON.stringify(seen)}`);
}

/** Parks, and answers with how it ended. */
export function park(world: World, timeoutMs: number) {
  const state = { isDone: false };
  const ended = new Promise<Seen[]>((resolve) => {
    world.selector.park(timeoutMs, (count) => {
      state.isDone = true;
      resolve(read(world.selector, count));
    });
  });
  return { ended, isDone: () => state.isDone };
}

/** Watches the near end and swallows what is reported at first. */
export function watch(world: World, pair: Pair, index: number, generation = 0): Disposable {
  const { selector } = world;
  assertEquals(selector.add(pair.fd, index, generation), 0);
  pair.drain();
  selector.poll(0);
  return {
    [Symbol.dispose]() {
      selector.remove(pair.fd, index);
      pair.close();
    },
  };
}
