/**
 * One source for several readers.
 *
 * @module
 */

/** An array of `N` items. */
export type Tuple<T, N extends number> = N extends N ? number extends N ? T[] : TupleOf<T, N, []>
  : never;

/** An array of `N` items that starts with `R`. */
export type TupleOf<T, N extends number, R extends unknown[]> = R["length"] extends N ? R
  : TupleOf<T, N, [T, ...R]>;

/** One step of the source, taken by the reader that comes first. */
interface Link<T> {
  step: Promise<IteratorResult<T>>;
  next?: Link<T>;
}

/** Splits a source into `n` that yield the same items, each at its own pace. */
export function tee<T, N extends number = 2>(
  iterable: AsyncIterable<T>,
  n: N = 2 as N,
): Tuple<AsyncIterable<T>, N> {
  const source = iterable[Symbol.asyncIterator]();
  const first: Partial<Link<T>> = {};
  async function* branch(): AsyncGenerator<T> {
    let link = first;
    while (true) {
      const { done, value } = await (link.step ??= source.next());
      if (done) return;
      link = link.next ??= {} as Link<T>;
      yield value;
    }
  }
  return Array.from({ length: n }, branch) as Tuple<AsyncIterable<T>, N>;
}
