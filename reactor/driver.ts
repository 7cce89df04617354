/**
 * The driver: events and timers, and how an isolate waits for them.
 *
 * @module
 */

import { atProcessExit } from "../host/process_exit.ts";
import { type TimerEntry, TimerWheel } from "../time/wheel.ts";
import type { DriverParts, ParkOptions } from "./driver_parts.ts";
import { Reactor } from "./reactor.ts";

export type { DriverParts, ParkOptions } from "./driver_parts.ts";

/** A host whose turn takes longer than this many milliseconds has work of its own. */
const QUIET_TURN_MS = 0.03;

/** After how many waits on its own thread a driver looks again whether the host is quiet. */
const TRUSTED_WAITS = 16;

/** After how many idle periods spinning is tried again once it was given up: first, at the most. */
const RETRY_SPIN = 64;
const RETRY_SPIN_LATEST = 4096;

/** How long and how often in a row a driver waits on a thread that the host does not need. */
const LENT_WAIT_MS = 5;
const LENT_WAITS = 40;
/** After how many idle turns it does so. */
const LENT_TURNS = 2;

const LONGEST_MS = 2 ** 31 - 1;

/**
 * For how many turns of the host's loop nothing has to happen before a paused clock moves: one, and
 * more while somebody waits for I/O, so that Deno's loop looks at its own sockets meanwhile, which
 * it does every 61 turns.
 */
const QUIET_TURNS = 1;
const QUIET_TURNS_WITH_IO = 64;

/**
 * Waits for events and timers on behalf of one isolate.
 *
 * The isolate belongs to the host, so waiting goes in stages, each cheaper for the machine and
 * dearer to wake from: first a few turns that only look ("spin"), then a short wait on the own
 * thread while the host is quiet, then a wait on another thread ("park"), from which the way back
 * costs about 30 µs. While nobody waits for anything the driver rests and holds nothing open, so a
 * process whose work is done ends.
 *
 * While the clock is paused the driver does not wait for timers: after quiet turns, in which no job
 * ran and no event came, it puts the clock forward to the first timer.
 */
export class Driver {
  readonly #parts: DriverParts;
  readonly #origin: number;
  readonly #wheel = new TimerWheel();
  #reactor: Reactor | undefined = undefined;

  #mostSpins = 0;
  #waitMs = 0;
  #spins = 0;
  #retryAfter = RETRY_SPIN;
  #idlePeriods = 0;
  #idleTurns = 0;
  #trust = 0;
  #probedAt = 0;
  #probe: "due" | "running" | "done" = "due";
  #waited = false;
  /** Whether the host has lent its thread, and how many more waits on it are left. */
  #lent = false;
  #lentWaits = LENT_WAITS;

  /** Whether the clock stands, and who keeps it from moving by itself. */
  #paused = false;
  #holds = 0;

  /** Whether nothing happens until {@linkcode DriverParts.unpark}. */
  #resting = true;
  /** The tick at which an outstanding park ends by itself; `undefined` when none is. */
  #parkedUntil: number | undefined = undefined;
  /** The tick until which a rest lasts, if nothing else ends it. */
  #restsUntil = Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined = undefined;

  /** Makes a driver; nothing is opened before it is needed. */
  constructor(parts: DriverParts, options: ParkOptions = {}) {
    this.#parts = parts;
    this.#origin = Math.floor(parts.clock.now());
    this.configure(options);
  }

  /** Changes how the driver waits. */
  configure({ spinTurns, waitMs }: ParkOptions): void {
    this.#mostSpins = spinTurns ?? 40;
    this.#waitMs = waitMs ?? 1;
    this.#spins = this.#mostSpins;
  }

  /**
   * The reactor, opened when it is first asked for.
   *
   * @throws {FfiUnavailableError} When the host cannot call the operating system.
   */
  get reactor(): Reactor {
    return this.#reactor ??= this.#open();
  }

  #open(): Reactor {
    const reactor = new Reactor(this.#parts.selector(), () => this.#changed());
    atProcessExit(() => {
      if (this.isParked) reactor.selector.wake();
    });
    return reactor;
  }

  /** Whether looking for events without waiting has paid off lately. */
  get spins(): boolean {
    return this.#spins > 0;
  }

  /** Milliseconds of the clock. */
  now(): number {
    return this.#parts.clock.now();
  }

  /** Milliseconds that pass also while the clock is paused, from any origin. */
  elapsed(): number {
    const { clock } = this.#parts;
    return clock.elapsed === undefined ? clock.now() : clock.elapsed();
  }

  /** Milliseconds of processor time, where the system tells, else of the clock. */
  spent(): number {
    return this.#parts.clock.spent?.() ?? this.now();
  }

  /** How many timers wait. */
  get timers(): number {
    return this.#wheel.size;
  }

  /** Whether the reactor has been opened. */
  get isOpen(): boolean {
    return this.#reactor !== undefined;
  }

  /** How many descriptors are watched; opens nothing. */
  get registrations(): number {
    return this.#reactor?.registrations ?? 0;
  }

  /** How many futures wait for events; opens nothing. */
  get waiters(): number {
    return this.#reactor?.waiters ?? 0;
  }

  /** Whether a wait on another thread has not ended. */
  get isParked(): boolean {
    return this.#parkedUntil !== undefined;
  }

  /** Whether the clock is paused. */
  get isPaused(): boolean {
    return this.#paused;
  }

  /**
   * Stops the clock.
   *
   * @throws {TypeError} When it is paused already.
   */
  pause(): void {
    if (this.#paused) throw new TypeError("Cannot pause the clock: it is paused already");
    this.#parts.clock.stop?.();
    this.#paused = true;
    this.#idleTurns = 0;
    this.#trust = 0;
    this.#probe = "due";
    // A park that is under way ends by the time of the host, which counts no longer.
    if (this.isParked) this.#reactor?.selector.wake();
    this.#changed();
  }

  /**
   * Lets a paused clock go on from where it stands.
   *
   * @throws {TypeError} When it runs.
   */
  resume(): void {
    this.requirePaused("resume");
    this.#parts.clock.start?.();
    this.#paused = false;
    this.#changed();
  }

  /**
   * Puts a paused clock forward. Timers fire when the driver is polled the next time.
   *
   * @throws {TypeError} When it runs.
   */
  advance(ms: number): void {
    this.requirePaused("advance");
    this.#parts.clock.moveTo?.(toNanosecond(this.now() + ms));
    this.#changed();
  }

  /** Throws a `TypeError` when the clock runs, which cannot be asked to `action`. */
  requirePaused(action: string): void {
    if (this.#paused) return;
    throw new TypeError(`Cannot ${action} the clock: it is running, pause it first`);
  }

  /**
   * Keeps a paused clock from moving by itself until {@linkcode Driver.release}, because something
   * goes on that takes real time. Each call needs one of the other.
   */
  hold(): void {
    this.#holds += 1;
  }

  /** Takes back one {@linkcode Driver.hold}. */
  release(): void {
    this.#holds -= 1;
    if (this.#holds === 0 && this.#paused) this.#changed();
  }

  /**
   * Starts a timer.
   *
   * @param deadline When it is due, in milliseconds of the clock; it fires at the next whole one.
   * @returns `false` if it is due already.
   */
  startTimer(entry: TimerEntry, deadline: number): boolean {
    return deadline > this.now() && this.startFreshTimer(entry, deadline);
  }

  /** As {@linkcode Driver.startTimer}, of a deadline that lay ahead a moment ago. */
  startFreshTimer(entry: TimerEntry, deadline: number): boolean {
    entry.when = Math.ceil(deadline - this.#origin);
    if (!this.#wheel.insert(entry)) return false;
    if (this.#resting && this.#wheel.next() < this.#restsUntil) this.#changed();
    return true;
  }

  /** Stops a timer; does nothing if it has fired. */
  stopTimer(entry: TimerEntry): void {
    this.#wheel.remove(entry);
    if (this.#resting && this.#wheel.size === 0) this.#changed();
  }

  /**
   * Says whether the host has nothing of its own to do in this isolate for now. Then the driver waits
   * on the isolate's own thread for longer before it parks, in pieces of some milliseconds, between
   * which the host has a turn.
   */
  lend(isIdle: boolean): void {
    this.#lent = isIdle;
  }

  /**
   * Collects events and fires timers. One part of a turn.
   *
   * @param busy Whether there is work to do, so that nothing may wait.
   */
  poll(busy: boolean): void {
    this.#resting = false;
    const reactor = this.#reactor;
    if (reactor !== undefined) {
      const patience = busy ? 0 : this.#patience();
      this.#waited = patience > 0;
      const events = reactor.selector.poll(patience);
      if (events > 0) {
        if (!busy && this.#idleTurns > 0 && !this.#waited) this.#spinHit();
        reactor.dispatch(events);
      }
    }
    if (this.#wheel.size > 0) this.#wheel.advance(this.#tick());
  }

  /** Notes that a turn did some work. */
  worked(): void {
    this.#idleTurns = 0;
    this.#lentWaits = LENT_WAITS;
    this.#probe = "due";
  }

  /**
   * Decides what follows a turn without work.
   *
   * @returns `true` for another turn; `false` when the driver rests, until it calls `unpark`.
   */
  idle(): boolean {
    if (this.#paused) return this.#idlePaused();
    if (this.#isNeeded() && this.#mayLinger()) return true;
    this.#idleTurns = 0;
    this.#probe = "due";
    this.#rest();
    return false;
  }

  /** Releases the selector. Nobody may wait any more. */
  close(): void {
    clearTimeout(this.#timer);
    const reactor = this.#reactor;
    this.#reactor = undefined;
    if (this.#parkedUntil === undefined) reactor?.selector.close();
    else reactor?.selector.wake();
  }

  #idlePaused(): boolean {
    if (this.#wheel.size === 0 || this.#holds > 0) {
      this.#idleTurns = 0;
      this.#rest();
      return false;
    }
    const quiet = this.waiters > 0 ? QUIET_TURNS_WITH_IO : QUIET_TURNS;
    if (this.#idleTurns++ < quiet) return true;
    this.#idleTurns = 0;
    this.#jump();
    return true;
  }

  /** Puts the clock forward to the first timer, and fires what is due then. */
  #jump(): void {
    let next = this.#wheel.next();
    while (next < Infinity) {
      this.#parts.clock.moveTo?.(this.#origin + next);
      if (this.#wheel.advance(next) > 0) return;
      next = this.#wheel.next();
    }
  }

  #isNeeded(): boolean {
    return this.#wheel.size > 0 || this.waiters > 0;
  }

  /** Whether to look again in the next turn, because it is worth while to spin or to wait here. */
  #mayLinger(): boolean {
    if (this.waiters === 0 || this.#parkedUntil !== undefined) return false;
    this.#idleTurns += 1;
    if (this.#isLent()) return true;
    if (this.#idleTurns <= this.#spins) return true;
    if (this.#idleTurns === this.#spins + 1) this.#spinMissed();
    if (this.#waitMs === 0) return false;
    if (this.#waited) {
      this.#trust = 0;
      return false;
    }
    if (this.#trust > 0) return true;
    if (this.#probe === "done") return false;
    this.#probe = "running";
    this.#probedAt = this.now();
    return true;
  }

  /** How many milliseconds this idle turn may wait on the isolate's own thread. */
  #patience(): number {
    if (this.#parkedUntil !== undefined || this.#waitMs === 0) return 0;
    if (this.#isLent()) return this.#lentPatience();
    if (this.#idleTurns < this.#spins) return 0;
    if (this.#probe === "running") {
      this.#probe = "done";
      if (this.now() - this.#probedAt < QUIET_TURN_MS) this.#trust = TRUSTED_WAITS;
    }
    if (this.#trust === 0 || this.#reactor!.waiters === 0) return 0;
    this.#trust -= 1;
    return Math.min(this.#waitMs, this.#untilTimer());
  }

  #isLent(): boolean {
    return this.#lent && this.#lentWaits > 0 && this.#waitMs > 0;
  }

  /** Such a thread sleeps rather than spins: who has work for it may need its processor. */
  #lentPatience(): number {
    if (this.#idleTurns < LENT_TURNS || this.waiters === 0) return 0;
    this.#lentWaits -= 1;
    return Math.min(LENT_WAIT_MS, this.#untilTimer());
  }

  #spinHit(): void {
    this.#spins = Math.min(this.#mostSpins, this.#spins * 2 + 1);
    this.#retryAfter = RETRY_SPIN;
    this.#idlePeriods = 0;
  }

  #spinMissed(): void {
    this.#spins >>= 1;
    if (this.#spins > 0 || ++this.#idlePeriods < this.#retryAfter) return;
    this.#spins = this.#mostSpins;
    this.#retryAfter = Math.min(this.#retryAfter * 2, RETRY_SPIN_LATEST);
    this.#idlePeriods = 0;
  }

  /** Rests: on another thread, on a timer of the host, or on nothing at all. */
  #rest(): void {
    this.#resting = true;
    clearTimeout(this.#timer);
    const { waiters } = this;
    const next = this.#paused ? Infinity : this.#wheel.next();
    this.#restsUntil = next;
    if (this.#parkedUntil !== undefined) {
      if (waiters > 0 && this.#parkedUntil <= next) return;
      this.#reactor?.selector.wake();
    } else if (waiters > 0) {
      this.#park(next);
      return;
    }
    if (next < Infinity) this.#timer = setTimeout(() => this.#changed(), this.#untilTimer());
  }

  #park(until: number): void {
    const reactor = this.#reactor!;
    this.#parkedUntil = until;
    reactor.selector.park(until < Infinity ? this.#untilTimer() : -1, (events) => {
      this.#parkedUntil = undefined;
      if (this.#reactor !== reactor) {
        reactor.selector.close();
        return;
      }
      reactor.dispatch(events);
      this.#changed();
    });
  }

  #changed(): void {
    if (!this.#resting) return;
    this.#resting = false;
    this.#parts.unpark();
  }

  #tick(): number {
    return Math.floor(this.now() - this.#origin);
  }

  /** Whole milliseconds until the wheel has work, rounded up. */
  #untilTimer(): number {
    if (this.#wheel.size === 0) return LONGEST_MS;
    const wait = Math.ceil(this.#wheel.next() - (this.now() - this.#origin));
    return Math.min(Math.max(wait, 0), LONGEST_MS);
  }
}

/** Rounds a sum to nanoseconds, so that ten times 0.1 ms is a millisecond. */
function toNanosecond(ms: number): number {
  const whole = Math.floor(ms);
  return whole + Math.round((ms - whole) * 1e6) / 1e6;
}
