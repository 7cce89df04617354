/**
 * Mapping with a limit on what runs at once.
 *
 * @module
 */

const FAILURE = "Cannot complete the mapping as an error was thrown from an item";

/**
 * Maps items with at most `poolLimit` calls under way, and yields results in the order of the
 * items. After a failure no further item is taken; what is under way ends first, and the failures
 * are thrown together as an `AggregateError`.
 */
export function pooledMap<T, R>(
  poolLimit: number,
  array: Iterable<T> | AsyncIterable<T>,
  iteratorFn: (data: T) => Promise<R>,
): AsyncIterableIterator<R> {
  if (!Number.isInteger(poolLimit) || poolLimit < 1) {
    throw new RangeError(
      `Cannot map in a pool: "poolLimit" must be a positive integer, got ${poolLimit}`,
    );
  }
  return mapped(poolLimit, array, iteratorFn);
}

async function* mapped<T, R>(
  limit: number,
  items: Iterable<T> | AsyncIterable<T>,
  map: (data: T) => Promise<R>,
): AsyncIterableIterator<R> {
  const running: Promise<R>[] = [];
  try {
    for await (const item of items) {
      const result = Promise.resolve(item).then(map);
      result.catch(() => {});
      running.push(result);
      if (running.length < limit) continue;
      yield await running[0]!;
      running.shift();
    }
    while (running.length > 0) {
      yield await running[0]!;
      running.shift();
    }
  } catch (failure) {
    const outcomes = await Promise.allSettled(running);
    const errors = outcomes.filter((outcome) => outcome.status === "rejected");
    throw new AggregateError(errors.map((outcome) => outcome.reason), FAILURE, { cause: failure });
  }
}
