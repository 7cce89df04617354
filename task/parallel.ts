/**
 * Loops over ranges of numbers on all workers at once.
 *
 * @module
 */

import { fromPromise } from "../future/from_promise.ts";
import type { Future, Steps } from "../future/future.ts";
import { future } from "../future/generator.ts";
import type { JoinHandle } from "../scheduler/join_handle.ts";
import { JoinError } from "../scheduler/join_error.ts";
import { portableOf, type PortableTask } from "../scheduler/multi_thread/portable.ts";
import { currentRuntime, type Runtime } from "../scheduler/runtime.ts";
import type { Cursor, Part, SharedView, Work } from "./parallel_share.ts";

export type { SharedView };

/** How many numbers a range may have: shared words count them. */
const MOST = 2 ** 31 - 1;

/** How long a share stays with a worker: at first, and at the most. */
const FIRST_TURN_MS = 2;
const LAST_TURN_MS = 32;

/** Into how many parts the share of a worker is divided at the most, if nobody says otherwise. */
const PARTS = 128;

/** What a parallel loop goes over, and how. */
export interface ParallelOptions<V extends SharedView | undefined, C> {
  /** A typed array whose memory is shared. The body gets it. */
  readonly array?: V;
  /** How many numbers there are, from 0. Default: the length of `array`. */
  readonly length?: number;
  /** How many numbers the body gets at once at the least. Default: a share of the whole. */
  readonly chunk?: number;
  /**
   * What else the body gets. It is sent again every few milliseconds, so what is large belongs into
   * shared memory.
   */
  readonly context?: C;
}

/**
 * What is done with a part of a range: the numbers from `from` up to, but without, `to`. A plain
 * function, because it computes.
 */
export type RangeBody<V, C, R> = (view: V, from: number, to: number, context: C) => R;

/** What is done with one value. */
export type ValueBody<C> = (value: number, index: number, context: C) => number;

/** A {@linkcode RangeBody} that any worker may run. */
export type PortableRange<V, C, R> = PortableTask<RangeBody<V, C, R>>;

/**
 * Calls `body` for parts of a range of numbers, on all workers of the current runtime at once.
 *
 * The workers take parts until none are left: large ones first and small ones at the end, so that
 * they finish together however unequal the work is. All see the same memory; the parts do not
 * overlap, so who writes only to its own part needs no lock. In a runtime without workers it runs in
 * this isolate, which has other tasks run in between.
 *
 * Computing on workers pays from about 100 microseconds on.
 *
 * **Cancel safety:** dropping it, or aborting its task, lets the workers take no more parts. Those
 * that they have taken are done; an aborted task waits for that, a future that is dropped does not.
 *
 * @param body What `task()` has declared.
 * @param options The range, as `array` or `length`.
 * @throws {TypeError} At the call, when `body` is not portable, when there is neither an array nor a
 * length, or when the memory of the array is not shared.
 * @throws {RangeError} At the call, when the length or the chunk is not a number of that kind.
 * @throws What the body throws first, where it is awaited. The workers take no more parts then.
 *
 * @example
 * ```ts
 * import { parallelFor, task } from "@edo/runtime/task";
 * import { assertEquals } from "@std/assert";
 *
 * const double = task(import.meta, function double(view: Float64Array, from: number, to: number) {
 *   for (let i = from; i < to; i++) view[i]! *= 2;
 * });
 *
 * const array = new Float64Array(new SharedArrayBuffer(3 * 8));
 * array.set([1, 2, 3]);
 * await parallelFor(double, { array });
 * assertEquals([...array], [2, 4, 6]);
 * ```
 */
export function parallelFor<V extends SharedView | undefined = undefined, C = undefined>(
  body: PortableRange<V, C, void>,
  options: ParallelOptions<V, C>,
): Future<void> {
  const loop = loopOf(body, "range", options);
  return future(function* () {
    yield* loop();
  });
}

/**
 * Computes each value of `output` from the one of `input` at the same place, as
 * {@linkcode parallelFor} does.
 *
 * **Cancel safety:** as of {@linkcode parallelFor}; a part of the output is written then.
 *
 * @param fn What `task()` has declared: gets a value, its index, and the context.
 * @param input A typed array of numbers whose memory is shared.
 * @param output One of the same length, or `input` itself.
 * @param options As of {@linkcode parallelFor}.
 * @throws {TypeError} As {@linkcode parallelFor}.
 * @throws {RangeError} When the lengths differ.
 *
 * @example
 * ```ts
 * import { parallelMap, task } from "@edo/runtime/task";
 * import { assertEquals } from "@std/assert";
 *
 * const square = task(import.meta, function square(value: number) {
 *   return value * value;
 * });
 *
 * const numbers = new Int32Array(new SharedArrayBuffer(3 * 4));
 * numbers.set([1, 2, 3]);
 * await parallelMap(square, numbers, numbers);
 * assertEquals([...numbers], [1, 4, 9]);
 * ```
 */
export function parallelMap<C = undefined>(
  fn: PortableTask<ValueBody<C>>,
  input: SharedView,
  output: SharedView,
  options: { readonly chunk?: number; readonly context?: C } = {},
): Future<void> {
  checkShared(output);
  if (input.length !== output.length) {
    throw new RangeError(
      `Cannot map ${input.length} values to ${output.length}: the lengths have to be the same`,
    );
  }
  const loop = loopOf(fn, "value", { ...options, array: input }, output);
  return future(function* () {
    yield* loop();
  });
}

/**
 * Computes one value of a whole range: of each part on some worker, as {@linkcode parallelFor} does,
 * and of these here.
 *
 * Where one part ends and the next begins is not always the same. So `combine` has to be associative,
 * and sums of floating-point numbers may differ in their last digits. It need not be commutative: it
 * gets the parts in order.
 *
 * **Cancel safety:** as of {@linkcode parallelFor}.
 *
 * @param body What `task()` has declared: answers with the value of a part.
 * @param options As of {@linkcode parallelFor}.
 * @param initial The value of an empty range.
 * @param combine Makes one value of those of two neighbouring parts. Called in this isolate.
 * @throws As {@linkcode parallelFor}.
 *
 * @example
 * ```ts
 * import { parallelReduce, task } from "@edo/runtime/task";
 * import { assertEquals } from "@std/assert";
 *
 * const sum = task(import.meta, function sum(_view: undefined, from: number, to: number) {
 *   let total = 0;
 *   for (let i = from; i < to; i++) total += i;
 *   return total;
 * });
 *
 * assertEquals(await parallelReduce(sum, { length: 1001 }, 0, (a, b) => a + b), 500_500);
 * ```
 */
export function parallelReduce<R, V extends SharedView | undefined = undefined, C = undefined>(
  body: PortableRange<V, C, R>,
  options: ParallelOptions<V, C>,
  initial: R,
  combine: (left: R, right: R) => R,
): Future<R> {
  const loop = loopOf(body, "reduce", options);
  return future(function* () {
    const parts = (yield* loop()).sort(([a], [b]) => a - b);
    return parts.reduce((left, [, right]) => combine(left, right as R), initial);
  });
}

/** Checks the options, and answers with what runs the loop. */
function loopOf<V extends SharedView | undefined, C>(
  body: unknown,
  kind: Work["kind"],
  options: ParallelOptions<V, C>,
  output?: SharedView,
): () => Steps<Part[]> {
  const { array, length = array?.length, chunk, context } = options;
  const { key, fn } = portableOf(body);
  if (array !== undefined) checkShared(array);
  checkCounts(length, chunk);
  const runtime = currentRuntime();
  const shares = runtime.workers;
  const least = chunk ?? Math.max(1, Math.ceil(length / (PARTS * Math.max(1, shares))));
  const work: Work = { key, kind, array, output, context, length, least, shares };
  return function* () {
    const shared = loaded ?? (yield* fromPromise(loadShared()));
    return yield* shares === 0 ? shared.shareHere(fn, work) : spread(work, runtime, shared);
  };
}

/** What the workers do. It is loaded late, because most programs have no such loop. */
type Shared = typeof import("./parallel_share.ts");
let loaded: Shared | undefined;

async function loadShared(): Promise<Shared> {
  return loaded = await import("./parallel_share.ts");
}

/** Has workers do the work. If it ends early, so do they. */
function* spread(work: Work, runtime: Runtime, { Cursor, share }: Shared): Steps<Part[]> {
  const cursor = Cursor.create();
  const handles: JoinHandle<Part[]>[] = [];
  try {
    for (let i = 0; i < work.shares; i++) {
      handles.push(runtime.spawn(() => takeShare(work, runtime, cursor, i, share)));
    }
    const parts: Part[] = [];
    for (const handle of handles) parts.push(...yield* handle);
    return parts;
  } catch (error) {
    cursor.stop(work.length);
    for (const handle of handles) handle.abort();
    for (const handle of handles) yield* outcome(handle);
    const first = handles[cursor.failed];
    const failure = first === undefined ? error : yield* outcome(first);
    throw causeOf(failure instanceof JoinError && failure.isPanic() ? failure : error);
  } finally {
    cursor.stop(work.length);
    for (const handle of handles) handle.abort();
    // Workers may be about to look at it, if nobody waits for them.
    Promise.allSettled(handles).then(() => cursor.free());
  }
}

/**
 * Sends a share to the workers again and again until no parts are left. It comes back after a short
 * time, so that those which one worker has taken at the beginning soon are with several.
 */
function* takeShare(
  work: Work,
  runtime: Runtime,
  cursor: Cursor,
  own: number,
  share: Shared["share"],
): Steps<Part[]> {
  const parts: Part[] = [];
  for (let ms = FIRST_TURN_MS; !cursor.isDone(work.length); ms = Math.min(2 * ms, LAST_TURN_MS)) {
    const turn = runtime.spawn(share, cursor.place, work, own, ms);
    try {
      parts.push(...yield* turn);
    } catch (error) {
      // The worker may be at it: the cursor is its to use until it is done.
      turn.abort();
      yield* outcome(turn);
      throw causeOf(error);
    }
  }
  return parts;
}

/** How a share has failed, if it has. */
function* outcome(handle: JoinHandle<unknown>): Steps<JoinError | undefined> {
  try {
    yield* handle;
  } catch (error) {
    if (error instanceof JoinError) return error;
    throw error;
  }
  return undefined;
}

function causeOf(error: unknown): unknown {
  return error instanceof JoinError && error.isPanic() ? error.cause : error;
}

function checkShared(array: SharedView): void {
  if (ArrayBuffer.isView(array) && array.buffer instanceof SharedArrayBuffer) return;
  throw new TypeError("Cannot loop over an array: its memory is not a SharedArrayBuffer");
}

function checkCounts(
  length: number | undefined,
  chunk: number | undefined,
): asserts length is number {
  if (length === undefined) throw new TypeError("Cannot loop: give an array or a length");
  if (!Number.isInteger(length) || length < 0 || length > MOST) {
    throw new RangeError(`Cannot loop over ${length} numbers: use an integer from 0 to ${MOST}`);
  }
  if (chunk !== undefined && (!Number.isInteger(chunk) || chunk < 1)) {
    throw new RangeError(`Cannot take parts of ${chunk} numbers: use an integer of 1 or more`);
  }
}
