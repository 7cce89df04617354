/**
 * The script behind a `MockIo`: its steps, and who waits for the next.
 *
 * @module
 */

import type { Context, Waker } from "../future/context.ts";
import { isPending, Pending, type Poll } from "../future/poll.ts";
import { type Sleep, sleep } from "../time/sleep.ts";
import { AssertionError } from "./assertion_error.ts";

/** A step of the script. Bytes shrink while they are read or written. */
export type Action =
  | { readonly kind: "read" | "write"; bytes: Uint8Array }
  | { readonly kind: "readError" | "writeError"; readonly error: unknown }
  | { readonly kind: "wait"; readonly milliseconds: number };

/** What is left of a script, and who waits for its next step. */
export class Script {
  #actions: Action[];
  readonly #name: string;
  readonly #wakers = new Set<Waker>();
  readonly #context: Context = { waker: { wake: () => this.#wakeAll() } };
  #sleep: Sleep | undefined = undefined;
  #open = true;
  #failed = false;

  constructor(actions: Action[], name: string) {
    this.#actions = actions;
    this.#name = name;
  }

  add(action: Action): void {
    if (!this.#open) throw new TypeError("Cannot add to a script: it has been closed");
    this.#actions.push(action);
    this.#wakeAll();
  }

  close(): void {
    this.#open = false;
    this.#wakeAll();
  }

  read(cx: Context, buffer: Uint8Array): Poll<number> {
    if (buffer.length === 0) return 0;
    const action = this.#next(cx);
    if (isPending(action)) return Pending;
    if (action === undefined) return this.#open ? this.#wait(cx) : 0;
    if (action.kind === "readError") {
      this.#finish(action);
      throw action.error;
    }
    if (action.kind !== "read") return this.#wait(cx);
    const count = Math.min(buffer.length, action.bytes.length);
    buffer.set(action.bytes.subarray(0, count));
    action.bytes = action.bytes.subarray(count);
    if (action.bytes.length === 0) this.#finish(action);
    return count;
  }

  write(cx: Context, bytes: Uint8Array): Poll<number> {
    if (bytes.length === 0) return 0;
    const first = this.#next(cx);
    if (isPending(first)) return Pending;
    if (first?.kind === "writeError") {
      this.#finish(first);
      throw first.error;
    }
    let taken = 0;
    for (const action of [...this.#actions]) {
      if (action.kind === "wait" || action.kind === "writeError" || taken === bytes.length) break;
      if (action.kind === "write") taken += this.#take(action, bytes.subarray(taken));
    }
    if (taken > 0) return taken;
    if (first !== undefined) return this.#wait(cx);
    throw this.#failure(`nothing to be written, found ${show(bytes)}`);
  }

  end(): void {
    const left = this.#actions.filter(({ kind }) => kind !== "wait");
    this.#actions = [];
    this.#open = false;
    this.#sleep?.[Symbol.dispose]();
    this.#wakeAll();
    if (left.length === 0 || this.#failed) return;
    const steps = left.map((action) => "bytes" in action ? show(action.bytes) : "an error");
    throw this.#failure(
      `the script to be finished, found ${left[0]!.kind} of ${steps[0]} and ${
        left.length - 1
      } more steps left`,
    );
  }

  /** The first step, once there is none before it that waits. */
  #next(cx: Context): Poll<Action | undefined> {
    for (;;) {
      const action = this.#actions[0];
      if (action?.kind !== "wait") return action;
      this.#sleep ??= sleep(action.milliseconds);
      if (this.#sleep.poll(this.#context) === Pending) return this.#wait(cx);
      this.#sleep = undefined;
      this.#finish(action);
    }
  }

  #take(action: Extract<Action, { bytes: Uint8Array }>, bytes: Uint8Array): number {
    const count = Math.min(bytes.length, action.bytes.length);
    const [found, expected] = [bytes.subarray(0, count), action.bytes.subarray(0, count)];
    if (found.some((byte, i) => byte !== expected[i])) {
      throw this.#failure(`${show(action.bytes)}, found ${show(bytes)}`);
    }
    action.bytes = action.bytes.subarray(count);
    if (action.bytes.length === 0) this.#finish(action);
    return count;
  }

  #finish(action: Action): void {
    this.#actions.splice(this.#actions.indexOf(action), 1);
    this.#wakeAll();
  }

  #wait(cx: Context): Pending {
    this.#wakers.add(cx.waker);
    return Pending;
  }

  #wakeAll(): void {
    const wakers = [...this.#wakers];
    this.#wakers.clear();
    for (const waker of wakers) waker.wake();
  }

  #failure(what: string): AssertionError {
    this.#failed = true;
    const name = this.#name === "" ? "" : ` of "${this.#name}"`;
    return new AssertionError(`The script${name} expected ${what}`);
  }
}

function show(bytes: Uint8Array): string {
  return JSON.stringify(new TextDecoder("latin1").decode(bytes));
}
