/**
 * Several sources as one.
 *
 * @module
 */

interface Arrival<T> {
  iterator: AsyncIterator<T>;
  step: IteratorResult<T>;
}

/** Yields what any of its sources yields, in the order of arrival. */
export class MuxAsyncIterator<T> implements AsyncIterable<T> {
  #next: Map<AsyncIterator<T>, Promise<Arrival<T>>> = new Map();

  /** Adds a source; its first item is asked for at once. */
  add(iterable: AsyncIterable<T>): void {
    this.#pull(iterable[Symbol.asyncIterator]());
  }

  /** The items of all sources, until the last source has ended or one has failed. */
  async *iterate(): AsyncIterableIterator<T> {
    while (this.#next.size > 0) {
      const { iterator, step } = await Promise.race(this.#next.values());
      this.#next.delete(iterator);
      if (step.done) continue;
      yield step.value;
      this.#pull(iterator);
    }
  }

  /** The same as {@linkcode iterate}. */
  [Symbol.asyncIterator](): AsyncIterator<T> {
    return this.iterate();
  }

  #pull(iterator: AsyncIterator<T>): void {
    const arrival = iterator.next().then((step) => ({ iterator, step }));
    arrival.catch(() => {});
    this.#next.set(iterator, arrival);
  }
}
