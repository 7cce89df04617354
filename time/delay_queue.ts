/**
 * Values that come out when their time has come.
 *
 * D1 An entry is in the wheel, or on the list of those that are due, or in no queue any more.
 * D2 The alarm, one timer of the driver, is set while somebody waits and an entry is in the wheel:
 *    for the time at which the wheel has work next.
 * D3 An alarm that finds nothing due, because the wheel only moved entries to finer slots, wakes
 *    nobody.
 *
 * @module
 */

import { proceed, refund } from "../future/budget.ts";
import type { Context, Waker } from "../future/context.ts";
import type { Future } from "../future/future.ts";
import { isPending, Pending, type Poll } from "../future/poll.ts";
import { type Linked, LinkedList } from "../future/linked_list.ts";
import { End, lineOf, type SizeHint, Source } from "../future/source.ts";
import { InLine, type Line } from "../future/line.ts";
import { isolate } from "../scheduler/isolate.ts";
import { type Duration, toMilliseconds } from "./duration.ts";
import { Instant } from "./instant.ts";
import { IDLE, type TimerEntry, TimerWheel } from "./wheel.ts";

/** Stands for one value in a {@linkcode DelayQueue}, as long as it is there. */
export interface DelayKey {
  /** Only the type has it. */
  readonly "edo:delayKey": true;
}

/** What came out of a {@linkcode DelayQueue}, when its time had come or before. */
export interface Expired<T> {
  /** What was inserted. */
  readonly value: T;
  /** When it was due. */
  readonly deadline: Instant;
  /** The key that it had. */
  readonly key: DelayKey;
}

/**
 * Values that come out when their time has come, the earliest first.
 *
 * - **Resolution:** a millisecond. A value never comes out early. Values of one millisecond come out
 *   in no certain order.
 * - **An empty queue** has no next value: `pollExpired` answers `End`, `next()` with `undefined`, and
 *   a loop ends. That is not for good: once something is inserted they give values again.
 *   {@linkcode DelayQueue.expired} waits for that.
 * - **Several who wait** are served in the order in which they came.
 *
 * **Cancel safety:** a value leaves the queue in the poll that answers with it, so giving up a wait
 * loses none.
 *
 * Follows `DelayQueue` of tokio-util.
 *
 * @example
 * ```ts
 * import { DelayQueue } from "@edo/runtime/time";
 * import { assertEquals } from "@std/assert";
 *
 * using queue = new DelayQueue<string>();
 * queue.insert("later", 4);
 * const never = queue.insert("never", 3);
 * queue.insert("soon", 2);
 * queue.remove(never);
 *
 * const values: string[] = [];
 * for await (const { value } of queue) values.push(value);
 * assertEquals(values, ["soon", "later"]);
 * ```
 */
export class DelayQueue<T> extends Source<Expired<T>> {
  readonly #wheel = new TimerWheel();
  readonly #originMs = Math.floor(isolate.driver.now());
  readonly #due = new DueList<T>();
  readonly #alarm = new Alarm(() => this.#ring());
  readonly #line = lineOf(this);

  /** How many values there are, those included that are due. */
  get len(): number {
    return this.#wheel.size + this.#due.size;
  }

  /** Whether there are no values. */
  isEmpty(): boolean {
    return this.len === 0;
  }

  /**
   * Adds a value that comes out after `duration`.
   *
   * @param value Anything.
   * @param duration Milliseconds, or an object of units.
   * @returns The key by which to remove or reset it.
   * @throws {TypeError} When the duration is neither a number nor an object of units.
   * @throws {RangeError} When the duration is negative or not a number.
   */
  insert(value: T, duration: Duration): DelayKey {
    return this.#insert(value, isolate.driver.now() + toMilliseconds(duration));
  }

  /**
   * Adds a value that comes out at `deadline`.
   *
   * @param value Anything.
   * @param deadline When; one that has passed is due at once.
   * @returns The key by which to remove or reset it.
   */
  insertAt(value: T, deadline: Instant): DelayKey {
    return this.#insert(value, deadline.ms);
  }

  /**
   * Takes a value out before its time.
   *
   * @param key From {@linkcode DelayQueue.insert}.
   * @throws {RangeError} When the value is not in this queue any more, or never was.
   */
  remove(key: DelayKey): Expired<T> {
    const entry = this.#entry(key, "remove");
    this.#takeOut(entry);
    this.#removed();
    return entry;
  }

  /**
   * As {@linkcode DelayQueue.remove}, without an error.
   *
   * @param key From {@linkcode DelayQueue.insert}.
   * @returns What was removed, or `undefined` when it is not in this queue.
   */
  tryRemove(key: DelayKey): Expired<T> | undefined {
    return this.#isIn(key) ? this.remove(key) : undefined;
  }

  /**
   * Has a value come out after `duration` from now instead.
   *
   * @param key From {@linkcode DelayQueue.insert}.
   * @param duration Milliseconds, or an object of units.
   * @throws {RangeError} When the value is not in this queue, or the duration is negative.
   */
  reset(key: DelayKey, duration: Duration): void {
    this.#reset(key, isolate.driver.now() + toMilliseconds(duration));
  }

  /**
   * Has a value come out at `deadline` instead.
   *
   * @param key From {@linkcode DelayQueue.insert}.
   * @param deadline When; one that has passed is due at once.
   * @throws {RangeError} When the value is not in this queue.
   */
  resetAt(key: DelayKey, deadline: Instant): void {
    this.#reset(key, deadline.ms);
  }

  /**
   * When a value comes out.
   *
   * @param key From {@linkcode DelayQueue.insert}.
   * @throws {RangeError} When the value is not in this queue.
   */
  deadline(key: DelayKey): Instant {
    return this.#entry(key, "look at").deadline;
  }

  /** The key of the value that comes out next; `undefined` when the queue is empty. */
  peek(): DelayKey | undefined {
    return this.#due.first ?? (this.#wheel.first() as Entry<T> | undefined);
  }

  /** Throws all values away. Who waits for one learns that the queue is empty. */
  clear(): void {
    for (let entry = this.peek(); entry !== undefined; entry = this.peek()) {
      this.#takeOut(entry as Entry<T>);
    }
    this.#removed();
  }

  /**
   * Answers with a value whose time has come, with `End` when the queue is empty, or with `Pending`
   * after it has arranged for `cx.waker` to be woken. Only the waker of the last such poll is kept;
   * those who wait by the methods keep theirs.
   *
   * @param cx Who polls.
   */
  pollExpired(cx: Context): Poll<Expired<T> | End> {
    const line = this.#line;
    line.keep(cx.waker);
    const expired = this.#poll(cx.waker);
    if (isPending(expired)) return Pending;
    if (!line.isAsking) line.unkeep();
    // D2: those behind in the line are woken, and set the alarm again when they find nothing.
    if (line.isAsking ? !line.isPolled : line.isEmpty) isolate.driver.stopTimer(this.#alarm);
    return expired;
  }

  /** As {@linkcode DelayQueue.pollExpired}. */
  pollNext(cx: Context): Poll<Expired<T> | End> {
    return this.pollExpired(cx);
  }

  /** Takes back the interest of the last {@linkcode DelayQueue.pollExpired}. */
  override unpoll(): void {
    const line = this.#line;
    line.unkeep();
    if (line.isEmpty) isolate.driver.stopTimer(this.#alarm);
  }

  /** At least as many values as there are; more may be inserted. */
  override sizeHint(): SizeHint {
    return [this.len, undefined];
  }

  /**
   * Waits for the next value, also while the queue is empty.
   *
   * **Cancel safety:** giving up loses none.
   */
  expired(): Future<Expired<T>> {
    return new Expiry(this, this.#line);
  }

  /** As {@linkcode DelayQueue.clear}. The queue can be used afterwards. */
  [Symbol.dispose](): void {
    this.clear();
  }

  #insert(value: T, deadlineMs: number): DelayKey {
    const entry = new Entry(value);
    this.#place(entry, deadlineMs);
    return entry;
  }

  #reset(key: DelayKey, deadlineMs: number): void {
    const entry = this.#entry(key, "reset");
    this.#takeOut(entry);
    this.#place(entry, deadlineMs);
  }

  /** D1: to the wheel or to the list, and tells who waits. */
  #place(entry: Entry<T>, deadlineMs: number): void {
    entry.list = this.#due;
    entry.deadlineMs = deadlineMs;
    entry.when = Math.ceil(deadlineMs - this.#originMs);
    if (!this.#wheel.insert(entry)) this.#due.append(entry);
    if (this.#line.isEmpty) return;
    this.#ring();
  }

  #takeOut(entry: Entry<T>): void {
    if (entry.isDue) this.#due.remove(entry);
    else this.#wheel.remove(entry);
    entry.list = undefined;
  }

  #removed(): void {
    if (this.#wheel.size === 0) isolate.driver.stopTimer(this.#alarm);
    if (this.#line.isEmpty) return;
    if (this.len === 0) this.#line.wake();
    else if (this.#due.size === 0) this.#ring();
  }

  #poll(waker: Waker): Poll<Expired<T> | End> {
    if (!proceed(waker)) return Pending;
    do {
      if (this.#due.first === undefined) this.#wheel.advance(this.#tick());
      const entry = this.#due.first;
      if (entry !== undefined) {
        this.#takeOut(entry);
        return entry;
      }
      if (this.#wheel.size === 0) return End;
    } while (!this.#arm());
    refund();
    return Pending;
  }

  /** D2: sets the alarm for a wheel that is not empty; `false` when it has work now. */
  #arm(): boolean {
    const next = this.#wheel.next();
    const alarm = this.#alarm;
    if (alarm.slot !== IDLE && alarm.setFor === next) return true;
    isolate.driver.stopTimer(alarm);
    alarm.setFor = next;
    return isolate.driver.startTimer(alarm, this.#originMs + next);
  }

  /** D3: looks what is due, and sets the alarm again or tells who waits. */
  #ring(): void {
    do {
      this.#wheel.advance(this.#tick());
      if (this.#due.size > 0) {
        this.#line.wake();
        return;
      }
    } while (this.#wheel.size > 0 && !this.#arm());
  }

  #tick(): number {
    return Math.floor(isolate.driver.now() - this.#originMs);
  }

  #isIn(key: DelayKey): boolean {
    return key instanceof Entry && key.list === this.#due;
  }

  #entry(key: DelayKey, action: string): Entry<T> {
    if (this.#isIn(key)) return key as Entry<T>;
    throw new RangeError(`Cannot ${action} a delayed value: its key is not in this queue`);
  }
}

/** A value with its place in the wheel or in the list. It is its own key, and what comes out. */
class Entry<T> implements TimerEntry, Linked<Entry<T>>, DelayKey, Expired<T> {
  declare readonly "edo:delayKey": true;
  when = 0;
  slot: number = IDLE;
  nextTimer: TimerEntry | undefined = undefined;
  previousTimer: TimerEntry | undefined = undefined;
  ahead: Entry<T> | undefined = undefined;
  behind: Entry<T> | undefined = undefined;
  deadlineMs = 0;
  isDue = false;
  /** The list of the queue that it is in. */
  list: DueList<T> | undefined = undefined;
  readonly value: T;

  constructor(value: T) {
    this.value = value;
  }

  get deadline(): Instant {
    return new Instant(this.deadlineMs);
  }

  get key(): DelayKey {
    return this;
  }

  fire(): void {
    this.list!.append(this);
  }
}

/** Entries whose time has come, in the order in which they come out. */
class DueList<T> extends LinkedList<Entry<T>> {
  size = 0;

  override append(entry: Entry<T>): void {
    entry.isDue = true;
    this.size += 1;
    super.append(entry);
  }

  override remove(entry: Entry<T>): void {
    entry.isDue = false;
    this.size -= 1;
    super.remove(entry);
  }
}

/** The future of {@linkcode DelayQueue.expired}. */
class Expiry<T> extends InLine<Expired<T>> {
  declare private readonly queue: DelayQueue<T>;

  constructor(queue: DelayQueue<T>, line: Line) {
    super(line);
    this.queue = queue;
  }

  /** In an empty queue it waits for what is inserted. */
  protected ask(cx: Context): Poll<Expired<T>> {
    const expired = this.queue.pollExpired(cx);
    return expired === End ? Pending : expired;
  }
}

/** D2: the timer of a queue. */
class Alarm implements TimerEntry {
  when = 0;
  slot: number = IDLE;
  nextTimer: TimerEntry | undefined = undefined;
  previousTimer: TimerEntry | undefined = undefined;
  /** The tick of the queue's wheel that it is set for. */
  setFor = 0;
  readonly fire: () => void;

  constructor(fire: () => void) {
    this.fire = fire;
  }
}
