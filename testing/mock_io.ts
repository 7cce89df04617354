/**
 * The far end of a connection, by a script.
 *
 * @module
 */

import type { Context } from "../future/context.ts";
import { Future, polledAfterEnd } from "../future/future.ts";
import { isPending, Pending, type Poll } from "../future/poll.ts";
import { type Duration, toMilliseconds } from "../time/duration.ts";
import { type Action, Script } from "./mock_script.ts";

/** Bytes of a script; text stands for its UTF-8. */
export type MockBytes = Uint8Array | string;

/**
 * Begins the script of a connection for a test.
 *
 * The object that comes of it has the methods of a `TcpStream` that read and write. It answers as
 * the script says, and fails the test when it is written something else, or when a part of the
 * script is left in the end.
 *
 * Follows `io::Builder` of tokio-test.
 *
 * @returns A builder without any step yet.
 *
 * @example
 * ```ts
 * import { mockIo } from "@edo/runtime/testing";
 * import { assertEquals } from "@std/assert";
 *
 * using stream = mockIo().write("ping").read("pong").build();
 * await stream.writeAll(new TextEncoder().encode("ping"));
 * const buffer = new Uint8Array(16);
 * const length = await stream.read(buffer);
 * assertEquals(new TextDecoder().decode(buffer.subarray(0, length)), "pong");
 * ```
 */
export function mockIo(): MockIoBuilder {
  return new MockIoBuilder();
}

/**
 * Describes the script of a {@linkcode MockIo}. Every step answers with the builder.
 *
 * @example
 * ```ts
 * import { mockIo } from "@edo/runtime/testing";
 * import { assertRejects } from "@std/assert";
 *
 * using stream = mockIo().readError(new Error("reset")).build();
 * await assertRejects(async () => await stream.read(new Uint8Array(1)), Error, "reset");
 * ```
 */
export class MockIoBuilder {
  readonly #actions: Action[] = [];
  #name = "";

  /** The next read gets `bytes`, in pieces if its buffer is small. */
  read(bytes: MockBytes): this {
    return this.#add({ kind: "read", bytes: copy(bytes) });
  }

  /** The next read fails with `error`. */
  readError(error: unknown): this {
    return this.#add({ kind: "readError", error });
  }

  /** The next write has to be of `bytes`, in pieces if it likes. */
  write(bytes: MockBytes): this {
    return this.#add({ kind: "write", bytes: copy(bytes) });
  }

  /** The next write fails with `error`. */
  writeError(error: unknown): this {
    return this.#add({ kind: "writeError", error });
  }

  /**
   * Nothing happens for `duration`, counted from the first read or write that comes to this step.
   *
   * @param duration Milliseconds, or an object of units; at least a millisecond.
   * @throws {RangeError} When the duration is negative or not a number.
   */
  wait(duration: Duration): this {
    return this.#add({ kind: "wait", milliseconds: Math.max(1, toMilliseconds(duration)) });
  }

  /** Names the connection in the messages of failures. */
  name(name: string): this {
    this.#name = name;
    return this;
  }

  /** Makes the connection. After the script, reads are at the end of the stream. */
  build(): MockIo {
    const [io, handle] = this.buildWithHandle();
    handle.close();
    return io;
  }

  /** Makes the connection, and a handle by which the test continues its script. */
  buildWithHandle(): [MockIo, MockIoHandle] {
    const script = new Script(this.#actions.map((action) => ({ ...action })), this.#name);
    return [new MockIo(script), new MockIoHandle(script)];
  }

  #add(action: Action): this {
    this.#actions.push(action);
    return this;
  }
}

/**
 * Adds steps to the script of a {@linkcode MockIo} that is in use. Every step answers with the
 * handle.
 *
 * @example
 * ```ts
 * import { mockIo } from "@edo/runtime/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const [stream, handle] = mockIo().buildWithHandle();
 * const reading = Promise.resolve(stream.read(new Uint8Array(8)));
 * handle.read("late").close();
 * assertEquals(await reading, 4);
 * stream[Symbol.dispose]();
 * ```
 */
export class MockIoHandle implements Disposable {
  readonly #script: Script;

  /** Made by {@linkcode MockIoBuilder.buildWithHandle}. */
  constructor(script: Script) {
    this.#script = script;
  }

  /** As {@linkcode MockIoBuilder.read}. */
  read(bytes: MockBytes): this {
    return this.#add({ kind: "read", bytes: copy(bytes) });
  }

  /** As {@linkcode MockIoBuilder.readError}. */
  readError(error: unknown): this {
    return this.#add({ kind: "readError", error });
  }

  /** As {@linkcode MockIoBuilder.write}. */
  write(bytes: MockBytes): this {
    return this.#add({ kind: "write", bytes: copy(bytes) });
  }

  /** As {@linkcode MockIoBuilder.writeError}. */
  writeError(error: unknown): this {
    return this.#add({ kind: "writeError", error });
  }

  /** No further steps will come: at the end of the script, reads are at the end of the stream. */
  close(): void {
    this.#script.close();
  }

  /** As {@linkcode MockIoHandle.close}. */
  [Symbol.dispose](): void {
    this.close();
  }

  #add(action: Action): this {
    this.#script.add(action);
    return this;
  }
}

/**
 * A connection that follows a script. Made by {@linkcode mockIo}.
 *
 * Reads take their steps in order. A write takes the first step that writes, also one behind steps
 * that read, since the two directions are independent; a step that waits holds up both.
 *
 * **Cancel safety:** a read or a write that was given up has taken nothing from the script.
 *
 * @example
 * ```ts
 * import { mockIo } from "@edo/runtime/testing";
 * import { assertRejects } from "@std/assert";
 *
 * using stream = mockIo().write("yes").build();
 * await assertRejects(
 *   async () => await stream.writeAll(new TextEncoder().encode("no")),
 *   Error,
 *   `expected "yes", found "no"`,
 * );
 * ```
 */
export class MockIo implements Disposable {
  readonly #script: Script;

  /** Made by {@linkcode MockIoBuilder.build}. */
  constructor(script: Script) {
    this.#script = script;
  }

  /**
   * Reads what the script says.
   *
   * @param buffer Where to; it is filled as far as the step goes.
   * @returns How many bytes, 0 at the end of the script.
   * @throws What the script says.
   */
  read(buffer: Uint8Array): Future<number> {
    return new Operation((cx) => this.#script.read(cx, buffer));
  }

  /**
   * Compares with what the script expects.
   *
   * @param buffer The bytes.
   * @param length How many of them, from the beginning. Default: all.
   * @returns How many bytes the script has taken, which may be fewer.
   * @throws {AssertionError} When the script expects something else.
   */
  write(buffer: Uint8Array, length: number = buffer.length): Future<number> {
    const bytes = buffer.subarray(0, length);
    return new Operation((cx) => this.#script.write(cx, bytes));
  }

  /**
   * As {@linkcode MockIo.write}, until all bytes are taken.
   *
   * **Cancel safety:** given up in the middle, it has taken a part.
   */
  writeAll(buffer: Uint8Array, length: number = buffer.length): Future<void> {
    let rest = buffer.subarray(0, length);
    return new Operation<void>((cx) => {
      while (rest.length > 0) {
        const taken = this.#script.write(cx, rest);
        if (isPending(taken)) return Pending;
        rest = rest.subarray(taken);
      }
    });
  }

  /** Ends the writing side; the script does not ask for it. */
  shutdown(): Future<void> {
    return new Operation<void>(() => {});
  }

  /**
   * Ends the script.
   *
   * @throws {AssertionError} When a part of it is left, unless it has failed before.
   */
  [Symbol.dispose](): void {
    this.#script.end();
  }
}

/** One read or write. */
class Operation<T> extends Future<T> {
  #step: ((cx: Context) => Poll<T>) | undefined;

  constructor(step: (cx: Context) => Poll<T>) {
    super();
    this.#step = step;
  }

  poll(cx: Context): Poll<T> {
    if (this.#step === undefined) throw polledAfterEnd();
    let polled;
    try {
      polled = this.#step(cx);
    } catch (error) {
      this.#step = undefined;
      throw error;
    }
    if (!isPending(polled)) this.#step = undefined;
    return polled;
  }

  override [Symbol.dispose](): void {
    this.#step = undefined;
  }
}

function copy(bytes: MockBytes): Uint8Array {
  return typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes.slice();
}
