/**
 * The table of sources, and the way of an event from the selector to its waiters.
 *
 * @module
 */

import { FAILED, type Selector } from "../ffi/backend.ts";
import { osError } from "../ffi/os_error.ts";
import type { Interest } from "./interest.ts";
import { Registration } from "./registration.ts";

/**
 * Watches descriptors through a {@linkcode Selector}.
 *
 * A registration has a slot, and a slot has a generation that grows with each tenant, so an event
 * for a closed descriptor never reaches the one that took its number or its slot.
 */
export class Reactor {
  /** The mechanism of the system. */
  readonly selector: Selector;
  readonly #slots: (Registration | undefined)[] = [];
  readonly #generations: number[] = [];
  readonly #free: number[] = [];
  readonly #onChange: () => void;
  readonly #armsEachWait: boolean;
  #waiters = 0;

  /**
   * Makes a reactor.
   *
   * @param selector Where events come from; the reactor owns it.
   * @param onChange Called when the first future begins to wait, and when the last one has ended.
   */
  constructor(selector: Selector, onChange: () => void) {
    this.selector = selector;
    this.#onChange = onChange;
    this.#armsEachWait = !selector.reportsEdges;
  }

  /** How many futures wait for events. */
  get waiters(): number {
    return this.#waiters;
  }

  /** How many descriptors are watched. */
  get registrations(): number {
    return this.#slots.length - this.#free.length;
  }

  /**
   * Begins to watch a descriptor, which must be non-blocking.
   *
   * @throws {OsError} When the system refuses.
   */
  register(fd: number): Registration {
    return new Registration(this, fd);
  }

  /** Gives a registration its slot; called by its constructor. */
  enroll(registration: Registration, fd: number): { index: number; generation: number } {
    const index = this.#free.pop() ?? this.#slots.length;
    const generation = this.#generations[index] ?? 0;
    if (this.selector.add(fd, index, generation) === FAILED) {
      if (index < this.#slots.length) this.#free.push(index);
      throw osError(`Cannot watch descriptor ${fd}`, this.selector.lastFailure());
    }
    this.#slots[index] = registration;
    this.#generations[index] = generation;
    return { index, generation };
  }

  /** Stops watching; called by {@linkcode Registration.close}. */
  deregister(registration: Registration): void {
    const { fd, index } = registration;
    this.selector.remove(fd, index);
    this.#slots[index] = undefined;
    this.#generations[index] = (this.#generations[index]! + 1) | 0;
    this.#free.push(index);
  }

  /** Notes that a future waits. */
  waiting(registration: Registration, interest: Interest): void {
    if (this.#armsEachWait && registration.isOpen) {
      const { fd, index, generation } = registration;
      this.selector.arm(fd, index, generation, interest);
    }
    if (this.#waiters++ === 0) this.#onChange();
  }

  /** Notes that one waits no longer, for an event or as {@linkcode Reactor.expect} says. */
  done(): void {
    if (--this.#waiters === 0) this.#onChange();
  }

  /** Begins to wait for what other threads have for this one: {@linkcode Selector.watchWaker}. */
  expect(): void {
    if (this.#waiters++ === 0) this.#onChange();
  }

  /** Hands out the `count` events that the selector has collected. */
  dispatch(count: number): void {
    const { selector } = this;
    const slots = this.#slots;
    for (let i = 0; i < count; i++) {
      const index = selector.index(i);
      if (index < 0) continue;
      const registration = slots[index];
      if (registration === undefined) continue;
      if (registration.generation !== selector.generation(i)) continue;
      registration.dispatch(selector.readiness(i));
    }
  }
}
