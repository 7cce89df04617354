/**
 * The waits for room in a bounded channel.
 *
 * @module
 */

import { hasBudget } from "../../future/budget.ts";
import { type Context, currentContext } from "../../future/context.ts";
import { delay, pollDelay } from "../../future/delay.ts";
import { Future, type Wait } from "../../future/future.ts";
import { isPending, Pending, type Poll } from "../../future/poll.ts";
import { type Duration, toMilliseconds } from "../../time/duration.ts";
import { Acquire } from "../permits.ts";
import type { Bounded } from "./channel.ts";
import { SendError, SendTimeoutError } from "./errors.ts";
import { OwnedPermit, Permit, PermitIterator } from "./permit.ts";

/** Permits of a channel: when they are given back, or never come, that may be the end of it. */
abstract class Admission<T, A> extends Acquire<A> {
  declare protected readonly channel: Bounded<T>;

  constructor(channel: Bounded<T>, count: number) {
    super(channel.permits, count);
    this.channel = channel;
  }

  protected override refused(): Error {
    this.channel.tellEnd();
    return this.failure();
  }

  /** Makes the error. */
  protected failure(): Error {
    return new SendError(undefined);
  }

  override [Symbol.dispose](): void {
    super[Symbol.dispose]();
    this.channel.tellEnd();
  }
}

/** The future of `send`: it is the wait for room, and holds the value meanwhile. */
export class Send<T> extends Admission<T, void> {
  declare private readonly value: T;

  constructor(channel: Bounded<T>, value: T) {
    super(channel, 1);
    this.value = value;
  }

  override poll(cx: Context): Poll<void> {
    return this.takesAtOnce(cx) ? this.taken() : super.poll(cx);
  }

  override next(): IteratorResult<Wait, void> {
    const cx = currentContext();
    if (cx === undefined || !this.takesAtOnce(cx)) return super.next();
    return { done: true, value: this.taken() };
  }

  protected override taken(): void {
    this.channel.push(this.value);
  }

  protected override failure(): Error {
    return new SendError(this.value);
  }
}

/** The future of `reserve`. */
export class Reserve<T> extends Admission<T, Permit<T>> {
  constructor(channel: Bounded<T>) {
    super(channel, 1);
  }

  protected override taken(): Permit<T> {
    return new Permit(this.channel);
  }
}

/** The future of `reserveMany`. */
export class ReserveMany<T> extends Admission<T, PermitIterator<T>> {
  protected override taken(): PermitIterator<T> {
    return new PermitIterator(this.channel, this.count);
  }
}

/** The future of `reserveOwned`: the place of a sender is its own, until it hands it on. */
export class ReserveOwned<T> extends Admission<T, OwnedPermit<T>> {
  declare private isSender: boolean;

  constructor(channel: Bounded<T>) {
    super(channel, 1);
    this.isSender = true;
  }

  protected override taken(): OwnedPermit<T> {
    this.isSender = false;
    return new OwnedPermit(this.channel);
  }

  protected override failure(): Error {
    this.dropSender();
    return super.failure();
  }

  override [Symbol.dispose](): void {
    super[Symbol.dispose]();
    this.dropSender();
  }

  private dropSender(): void {
    if (!this.isSender) return;
    this.isSender = false;
    this.channel.dropSender();
  }
}

/** The future of `sendTimeout`. */
export class SendTimeout<T> extends Future<void> {
  readonly #send: Future<void>;
  readonly #delay: Future<void>;
  readonly #value: T;

  constructor(channel: Bounded<T>, value: T, duration: Duration) {
    super();
    this.#delay = delay(toMilliseconds(duration));
    this.#send = new Send(channel, value);
    this.#value = value;
  }

  poll(cx: Context): Poll<void> {
    const hadBudget = hasBudget();
    if (!isPending(this.#pollSend(cx))) return this.#delay[Symbol.dispose]();
    if (!pollDelay(this.#delay, cx, hadBudget)) return Pending;
    this.#send[Symbol.dispose]();
    throw new SendTimeoutError(this.#value, "timeout");
  }

  override [Symbol.dispose](): void {
    this.#delay[Symbol.dispose]();
    this.#send[Symbol.dispose]();
  }

  #pollSend(cx: Context): Poll<void> {
    try {
      return this.#send.poll(cx);
    } catch (error) {
      this.#delay[Symbol.dispose]();
      throw error instanceof SendError ? new SendTimeoutError(this.#value, "closed") : error;
    }
  }
}
