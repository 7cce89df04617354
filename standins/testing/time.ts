/**
 * A clock that only moves when a test moves it.
 *
 * @module
 */

/** The real ones, for the time in which they are replaced. */
const real = { Date, setTimeout, clearTimeout, setInterval, clearInterval };
const realAbortTimeout = AbortSignal.timeout;

/** Says that time is faked already, or not any more. */
export class TimeError extends Error {
  /** Keeps the message. */
  constructor(message: string) {
    super(message);
    this.name = "TimeError";
  }
}

/** Options for {@linkcode FakeTime}. */
export interface FakeTimeOptions {
  /** How many fake milliseconds pass by themselves in a real one: none unless given. */
  advanceRate: number;
  /** How many real milliseconds lie between two such steps: 10 unless given. */
  advanceFrequency?: number;
}

interface Timer {
  callback: (...args: unknown[]) => void;
  args: unknown[];
  due: number;
  /** Settles which of two timers that are due together runs first. */
  order: number;
  /** The interval, or nothing for a timeout. */
  every: number | undefined;
}

let current: FakeTime | undefined;

/** Replaces `Date`, the timers and `AbortSignal.timeout` until it is restored. */
export class FakeTime {
  #start: number;
  #now: number;
  #order = 0;
  #timers: Map<number, Timer> = new Map();
  #advance: ReturnType<typeof setInterval> | undefined;

  /** Stops the clock, at `start` or at this moment. */
  constructor(start?: number | string | Date | null, options?: FakeTimeOptions) {
    if (current) throw new TimeError("Cannot construct FakeTime: time is already faked");
    this.#start = Math.floor(new real.Date(start ?? real.Date.now()).valueOf());
    if (Number.isNaN(this.#start)) {
      throw new TypeError(`Cannot construct FakeTime: invalid start time ${this.#start}`);
    }
    this.#now = this.#start;
    current = this;
    this.#install();
    const { advanceRate = 0, advanceFrequency = 10 } = options ?? {};
    if (advanceRate > 0) {
      const step = () => this.tick(advanceRate * advanceFrequency);
      this.#advance = real.setInterval(step, advanceFrequency);
    }
  }

  /** Brings the real clock back. */
  static restore(): void {
    if (!current) throw new TimeError("Cannot restore time: time is already restored");
    current.restore();
  }

  /** Runs `callback` with the real clock. */
  static async restoreFor<T>(
    // deno-lint-ignore no-explicit-any
    callback: (...args: any[]) => Promise<T> | T,
    // deno-lint-ignore no-explicit-any
    ...args: any[]
  ): Promise<T> {
    const fake = current;
    if (!fake) throw new TimeError("Cannot restore time: time is not faked");
    uninstall();
    let result: Promise<T> | T;
    try {
      result = callback(...args);
      if (!(result instanceof Promise)) return result;
      return await result;
    } finally {
      if (current === fake) fake.#install();
    }
  }

  /** Where the clock started. */
  get start(): number {
    return this.#start;
  }

  /** Where the clock is. */
  get now(): number {
    return this.#now;
  }

  /** Moves the clock on and runs every timer that comes due, each at its own time. */
  set now(value: number) {
    if (value < this.#now) {
      throw new RangeError(
        `Cannot set current time in the past, time must be >= ${this.#now}: received ${value}`,
      );
    }
    for (let id = this.#first(); id !== undefined; id = this.#first()) {
      const timer = this.#timers.get(id)!;
      if (timer.due > value) break;
      this.#now = timer.due;
      if (timer.every === undefined) this.#timers.delete(id);
      else this.#timers.set(id, { ...timer, ...this.#turn(timer.every) });
      timer.callback(...timer.args);
    }
    this.#now = value;
  }

  /** Waits by the real clock. */
  async delay(ms: number, options: { signal?: AbortSignal } = {}): Promise<void> {
    const { signal } = options;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const abort = () => reject(new DOMException("Delay was aborted.", "AbortError"));
    if (signal?.aborted) abort();
    const timer = real.setTimeout(resolve, ms);
    signal?.addEventListener("abort", abort);
    try {
      await promise;
    } finally {
      real.clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
    }
  }

  /** Lets every promise that can settle do so. */
  async runMicrotasks(): Promise<void> {
    await this.delay(0);
  }

  /** Moves the clock on by `ms`. */
  tick(ms = 0): void {
    this.now += ms;
  }

  /** Lets promises settle, then moves the clock on by `ms`. */
  async tickAsync(ms = 0): Promise<void> {
    await this.runMicrotasks();
    this.now += ms;
  }

  /** Moves the clock to the next timer, and tells whether there was one. */
  next(): boolean {
    const id = this.#first();
    if (id === undefined) return false;
    this.now = this.#timers.get(id)!.due;
    return true;
  }

  /** Lets promises settle, then moves the clock to the next timer. */
  async nextAsync(): Promise<boolean> {
    await this.runMicrotasks();
    return this.next();
  }

  /** Moves the clock on until no timer is left. */
  runAll(): void {
    while (this.next());
  }

  /** The same, and lets promises settle before each step. */
  async runAllAsync(): Promise<void> {
    while (this.#timers.size > 0) await this.nextAsync();
  }

  /** Brings the real clock back; timers of the fake one never run. */
  restore(): void {
    if (current !== this) throw new TimeError("Cannot restore time: time is already restored");
    current = undefined;
    uninstall();
    if (this.#advance !== undefined) real.clearInterval(this.#advance);
  }

  /** The same as {@linkcode restore}. */
  [Symbol.dispose](): void {
    this.restore();
  }

  #install(): void {
    const now = () => this.#now;
    globalThis.Date = new Proxy(real.Date, {
      construct: (target, args, newTarget) =>
        Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
      apply: (target) => new target(now()).toString(),
      get: (target, key, receiver) => key === "now" ? now : Reflect.get(target, key, receiver),
    });
    const clear = (id?: unknown) => void this.#timers.delete(Number(id));
    const set = (repeat: boolean) => (callback: unknown, ms = 0, ...args: unknown[]) =>
      this.#schedule(callback, ms, repeat, args);
    Object.assign(globalThis, {
      setTimeout: set(false),
      clearTimeout: clear,
      setInterval: set(true),
      clearInterval: clear,
    });
    AbortSignal.timeout = (ms) => {
      const controller = new AbortController();
      const reason = new DOMException("Signal timed out.", "TimeoutError");
      this.#schedule(() => controller.abort(reason), ms, false, []);
      return controller.signal;
    };
  }

  #schedule(callback: unknown, ms: number, repeat: boolean, args: unknown[]): number {
    if (typeof callback !== "function") {
      throw new TimeError("FakeTime does not support non-function callbacks");
    }
    const delay = Math.max(repeat ? 1 : 0, Math.floor(ms));
    const timer = this.#turn(delay);
    this.#timers.set(timer.order, {
      ...timer,
      callback: callback as Timer["callback"],
      args,
      every: repeat ? delay : undefined,
    });
    return timer.order;
  }

  #turn(delay: number): Pick<Timer, "due" | "order"> {
    return { due: this.#now + delay, order: ++this.#order };
  }

  /** The timer that is due first. */
  #first(): number | undefined {
    let first: [number, Timer] | undefined;
    for (const entry of this.#timers) {
      const lead = first ? entry[1].due - first[1].due || entry[1].order - first[1].order : -1;
      if (lead < 0) first = entry;
    }
    return first?.[0];
  }
}

function uninstall(): void {
  Object.assign(globalThis, real);
  AbortSignal.timeout = realAbortTimeout;
}
