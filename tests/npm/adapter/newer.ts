/**
 * What the tests take for granted and older releases of Node do not have yet. The library does
 * without: it is compiled against what the oldest of them has.
 *
 * @module
 */

/** Adds to `target` what it does not have. */
function fill(target: object, members: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(members)) {
    if (!(name in target)) {
      Object.defineProperty(target, name, { value, writable: true, configurable: true });
    }
  }
}

fill(Promise, {
  withResolvers() {
    let resolve, reject;
    const promise = new Promise((accept, refuse) => {
      resolve = accept;
      reject = refuse;
    });
    return { promise, resolve, reject };
  },
  try: async (fn: (...args: unknown[]) => unknown, ...args: unknown[]) => await fn(...args),
});

fill(Array, {
  async fromAsync(items: AsyncIterable<unknown>, map = (item: unknown): unknown => item) {
    const array = [];
    for await (const item of items) array.push(await map(item));
    return array;
  },
});

fill(globalThis, {
  SuppressedError: class SuppressedError extends Error {
    override readonly name = "SuppressedError";
    readonly error: unknown;
    readonly suppressed: unknown;

    constructor(error: unknown, suppressed: unknown, message?: string) {
      super(message);
      this.error = error;
      this.suppressed = suppressed;
    }
  },
  AsyncDisposableStack: class {
    readonly #ends: (() => unknown)[] = [];

    use<T extends AsyncDisposable>(resource: T): T {
      this.#ends.push(() => resource[Symbol.asyncDispose]());
      return resource;
    }

    defer(onDispose: () => unknown): void {
      this.#ends.push(onDispose);
    }

    async [Symbol.asyncDispose](): Promise<void> {
      for (const end of this.#ends.splice(0).reverse()) await end();
    }
  },
  DisposableStack: class {
    readonly #resources: Disposable[] = [];

    use<T extends Disposable>(resource: T): T {
      this.#resources.push(resource);
      return resource;
    }

    defer(onDispose: () => void): void {
      this.#resources.push({ [Symbol.dispose]: onDispose });
    }

    [Symbol.dispose](): void {
      for (const resource of this.#resources.splice(0).reverse()) resource[Symbol.dispose]();
    }
  },
});

fill(Set.prototype, {
  union(this: Set<unknown>, other: Set<unknown>) {
    return new Set([...this, ...other]);
  },
  difference(this: Set<unknown>, other: Set<unknown>) {
    return new Set([...this].filter((item) => !other.has(item)));
  },
  isSubsetOf(this: Set<unknown>, other: Set<unknown>) {
    return [...this].every((item) => other.has(item));
  },
});

const iterators = Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]()));

/** Methods that iterators have from arrays, for those that end. */
const eager = (name: "map" | "filter" | "flatMap" | "every" | "some" | "find" | "reduce") =>
  function (this: Iterable<unknown>, ...args: unknown[]): unknown {
    const result = (Array.prototype[name] as (...args: unknown[]) => unknown).apply(
      [...this],
      args,
    );
    return Array.isArray(result) ? result[Symbol.iterator]() : result;
  };

fill(iterators, {
  map: eager("map"),
  filter: eager("filter"),
  flatMap: eager("flatMap"),
  every: eager("every"),
  some: eager("some"),
  find: eager("find"),
  reduce: eager("reduce"),
  toArray(this: Iterable<unknown>) {
    return [...this];
  },
  *take(this: Iterable<unknown>, count: number) {
    if (count === 0) return;
    for (const item of this) {
      yield item;
      if (--count === 0) return;
    }
  },
  *drop(this: Iterable<unknown>, count: number) {
    for (const item of this) {
      if (count-- <= 0) yield item;
    }
  },
});
