/**
 * A source of items, by a script.
 *
 * @module
 */

import type { Context } from "../future/context.ts";
import { Pending, type Poll } from "../future/poll.ts";
import { End, Source } from "../future/source.ts";
import { type Duration, toMilliseconds } from "../time/duration.ts";
import { type Sleep, sleep } from "../time/sleep.ts";
import { AssertionError } from "./assertion_error.ts";

type Action<T> =
  | { readonly kind: "next"; readonly item: T }
  | { readonly kind: "wait"; readonly milliseconds: number };

/**
 * Begins the script of a source for a test.
 *
 * Follows `StreamMockBuilder` of tokio-test.
 *
 * @returns A builder without any step yet.
 *
 * @example
 * ```ts
 * import { mockStream } from "@edo/runtime/testing";
 * import { assertEquals } from "@std/assert";
 *
 * using stream = mockStream<number>().next(1).wait(2).next(2).build();
 * const items: number[] = [];
 * for await (const item of stream) items.push(item);
 * assertEquals(items, [1, 2]);
 * ```
 */
export function mockStream<T>(): MockStreamBuilder<T> {
  return new MockStreamBuilder();
}

/**
 * Describes the script of a {@linkcode MockStream}. Every step answers with the builder.
 *
 * @example
 * ```ts
 * import { mockStream } from "@edo/runtime/testing";
 * import { assertEquals } from "@std/assert";
 *
 * using stream = mockStream<string>().next("only").build();
 * assertEquals(await stream.next(), "only");
 * ```
 */
export class MockStreamBuilder<T> {
  readonly #actions: Action<T>[] = [];

  /** The source gives `item`. */
  next(item: T): this {
    this.#actions.push({ kind: "next", item });
    return this;
  }

  /**
   * The source waits, counted from the poll that comes to this step.
   *
   * @param duration Milliseconds, or an object of units.
   * @throws {RangeError} When the duration is negative or not a number.
   */
  wait(duration: Duration): this {
    this.#actions.push({ kind: "wait", milliseconds: toMilliseconds(duration) });
    return this;
  }

  /** Makes the source. */
  build(): MockStream<T> {
    return new MockStream([...this.#actions]);
  }
}

/**
 * A source that follows a script. Made by {@linkcode mockStream}.
 *
 * @example
 * ```ts
 * import { mockStream } from "@edo/runtime/testing";
 * import { assertThrows } from "@std/assert";
 *
 * const stream = mockStream<number>().next(1).build();
 * assertThrows(() => stream[Symbol.dispose](), Error, "1 items left");
 * ```
 */
export class MockStream<T> extends Source<T> {
  #actions: Action<T>[];
  #sleep: Sleep | undefined = undefined;

  /** Made by {@linkcode MockStreamBuilder.build}. */
  constructor(actions: Action<T>[]) {
    super();
    this.#actions = actions;
  }

  /** Answers as the script says; after its end with `End`, each time. */
  pollNext(cx: Context): Poll<T | End> {
    for (;;) {
      const action = this.#actions[0];
      if (action === undefined) return End;
      if (action.kind === "wait") {
        this.#sleep ??= sleep(action.milliseconds);
        if (this.#sleep.poll(cx) === Pending) return Pending;
        this.#sleep = undefined;
      }
      this.#actions.shift();
      if (action.kind === "next") return action.item;
    }
  }

  /**
   * Ends the script.
   *
   * @throws {AssertionError} When items are left.
   */
  [Symbol.dispose](): void {
    const left = this.#actions.filter(({ kind }) => kind === "next").length;
    this.#actions = [];
    this.#sleep?.[Symbol.dispose]();
    if (left === 0) return;
    throw new AssertionError(`The script expected all items to be taken, found ${left} items left`);
  }
}
