/**
 * Waits that a signal can cut short.
 *
 * @module
 */

/** The promise, unless the signal comes first: then a rejection with its reason. */
export function abortable<T>(p: Promise<T>, signal: AbortSignal): Promise<T>;
/** The items, until the signal comes: then a failure with its reason. */
export function abortable<T>(p: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T>;
export function abortable<T>(
  p: Promise<T> | AsyncIterable<T>,
  signal: AbortSignal,
): Promise<T> | AsyncGenerator<T> {
  return p instanceof Promise ? abortablePromise(p, signal) : abortableItems(p, signal);
}

async function abortablePromise<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  using aborted = abortion(signal);
  return await Promise.race([aborted.promise, promise]);
}

async function* abortableItems<T>(items: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  signal.throwIfAborted();
  using aborted = abortion(signal);
  const iterator = items[Symbol.asyncIterator]();
  let ended = false;
  try {
    while (true) {
      const step = await Promise.race([aborted.promise, iterator.next()]);
      ended = step.done ?? false;
      if (step.done) return step.value;
      yield step.value;
    }
  } finally {
    if (!ended) await iterator.return?.();
  }
}

/** A promise that the signal rejects; disposing it takes the listener off. */
function abortion(signal: AbortSignal): Disposable & { promise: Promise<never> } {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => {});
  const abort = () => reject(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort, { once: true });
  return { promise, [Symbol.dispose]: () => signal.removeEventListener("abort", abort) };
}
