/**
 * Sources that tests fill by hand, and polling of streams.
 *
 * @module
 */

import { assertEquals, assertNotStrictEquals, assertStrictEquals } from "@std/assert";
import { BUDGET, resetBudget } from "../../future/budget.ts";
import type { Context, Waker } from "../../future/context.ts";
import { End } from "../../future/end.ts";
import { Pending, type Poll } from "../../future/poll.ts";
import { type SizeHint, Source } from "../../future/source.ts";
import { Wakes } from "../helpers/wakes.ts";

/** Gives what is put into it, and counts how often it is polled and disposed. */
export class Feed<T> extends Source<T> {
  readonly #items: (() => T | End)[] = [];
  #waker: Waker | undefined = undefined;
  hint: SizeHint = [0, undefined];
  polls = 0;
  disposals = 0;

  constructor(...items: (T | End)[]) {
    super();
    this.put(...items);
  }

  put(...items: (T | End)[]): this {
    for (const item of items) this.#items.push(() => item);
    return this.#wake();
  }

  end(): this {
    return this.put(End);
  }

  fail(error: unknown): this {
    this.#items.push(() => {
      throw error;
    });
    return this.#wake();
  }

  pollNext(cx: Context): Poll<T | End> {
    this.polls += 1;
    const next = this.#items.shift();
    if (next !== undefined) return next();
    this.#waker = cx.waker;
    return Pending;
  }

  override sizeHint(): SizeHint {
    return this.hint;
  }

  override [Symbol.dispose](): void {
    this.disposals += 1;
  }

  #wake(): this {
    const waker = this.#waker;
    this.#waker = undefined;
    waker?.wake();
    return this;
  }
}

/** Polls once, with the budget of a task that begins its turn. */
export function poll<T>(source: Source<T>, cx: Context = new Wakes()): Poll<T | End> {
  resetBudget(BUDGET);
  return source.pollNext(cx);
}

/** Polls once and requires that nothing is there. */
export function assertSilent(source: Source<unknown>, cx?: Context): void {
  assertStrictEquals(poll(source, cx), Pending);
}

/** Polls once and requires this item. */
export function assertItem<T>(source: Source<T>, item: T, cx?: Context): void {
  assertEquals(poll(source, cx), item);
}

/** Polls once, requires an item and answers with it. */
export function takeItem<T>(source: Source<T>, cx?: Context): T {
  const item = poll(source, cx);
  assertNotStrictEquals(item, Pending);
  assertNotStrictEquals(item, End);
  return item as T;
}

/** Polls once and requires the end. */
export function assertEnd(source: Source<unknown>, cx?: Context): void {
  assertStrictEquals(poll(source, cx), End);
}
