/**
 * A function that waits for quiet.
 *
 * @module
 */

/** What {@linkcode debounce} returns. */
export interface DebouncedFunction<T extends Array<unknown>> {
  /** Calls the function once there has been no further call for the wait time. */
  (...args: T): void;
  /** Drops the call that is due. */
  clear(): void;
  /** Makes the call that is due at once. */
  flush(): void;
  /** Whether a call is due. */
  readonly pending: boolean;
}

/** Options for {@linkcode debounce}. */
export interface DebounceOptions {
  /** Drops the call that is due. */
  signal?: AbortSignal | undefined;
}

/** Joins calls that follow each other within `wait` milliseconds into the last of them. */
// deno-lint-ignore no-explicit-any
export function debounce<T extends Array<any>>(
  fn: (this: DebouncedFunction<T>, ...args: T) => void,
  wait: number,
  options?: DebounceOptions,
): DebouncedFunction<T> {
  if (!Number.isInteger(wait) || wait < 0) {
    throw new RangeError(`Cannot debounce: "wait" must be a positive integer, got ${wait}`);
  }
  let due: { args: T; timer: number } | undefined;
  const clear = () => {
    if (due) clearTimeout(due.timer);
    due = undefined;
  };
  const flush = () => {
    if (!due) return;
    const { args } = due;
    clear();
    fn.apply(debounced, args);
  };
  const call = (...args: T) => {
    clear();
    due = { args, timer: Number(setTimeout(flush, wait)) };
  };
  const debounced = Object.defineProperty(Object.assign(call, { clear, flush }), "pending", {
    get: () => due !== undefined,
  }) as DebouncedFunction<T>;
  options?.signal?.throwIfAborted();
  options?.signal?.addEventListener("abort", clear, { once: true });
  return debounced;
}
