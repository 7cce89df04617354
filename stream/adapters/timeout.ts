/**
 * Noticing silence: `timeout` and `timeoutRepeating`.
 *
 * @module
 */

import type { Context } from "../../future/context.ts";
import { End } from "../../future/end.ts";
import type { Future } from "../../future/future.ts";
import { isPending, Pending, type Poll } from "../../future/poll.ts";
import { type SizeHint, Source } from "../../future/source.ts";
import { type Duration, toMilliseconds } from "../../time/duration.ts";
import type { Instant } from "../../time/instant.ts";
import type { Interval } from "../../time/interval.ts";
import { type Sleep, sleep } from "../../time/sleep.ts";
import { ElapsedError } from "../../time/timeout.ts";
import type { Attempt } from "./attempt.ts";
import { FuseSource } from "./fuse.ts";

/** A source whose silence is watched. */
abstract class Watched<T> extends Source<Attempt<T, ElapsedError>> {
  declare protected readonly source: FuseSource<T>;

  constructor(source: Source<T>) {
    super();
    this.source = new FuseSource(source);
  }

  /** Answers with an error when the source was silent for too long. */
  protected abstract pollSilence(cx: Context): Poll<Attempt<T, ElapsedError>>;

  /** Stops the timer, if one runs. */
  protected abstract stop(): void;

  /** Begins to count anew, because the source has spoken. */
  protected abstract restart(): void;

  pollNext(cx: Context): Poll<Attempt<T, ElapsedError> | End> {
    let item;
    try {
      item = this.source.pollNext(cx);
    } catch (error) {
      this.restart();
      throw error;
    }
    if (isPending(item)) return this.pollSilence(cx);
    if (item === End) {
      this.stop();
      return End;
    }
    this.restart();
    return { ok: true, value: item };
  }

  override isTerminated(): boolean {
    return this.source.isTerminated();
  }

  override unpoll(): void {
    this.source.unpoll();
  }

  override [Symbol.dispose](): void {
    this.stop();
    this.source[Symbol.dispose]();
  }
}

/** Tells once when the source has been silent for some time. */
export class TimeoutSource<T> extends Watched<T> {
  declare private readonly patienceMs: number;
  /** Ends when the silence has lasted too long; `undefined` once that was told. */
  declare private deadline: Sleep | undefined;

  constructor(source: Source<T>, patience: Duration) {
    super(source);
    this.patienceMs = toMilliseconds(patience);
    this.deadline = sleep(this.patienceMs);
  }

  protected pollSilence(cx: Context): Poll<Attempt<T, ElapsedError>> {
    const { deadline } = this;
    if (deadline === undefined || isPending(deadline.poll(cx))) return Pending;
    this.deadline = undefined;
    return { ok: false, error: new ElapsedError() };
  }

  protected stop(): void {
    this.deadline?.[Symbol.dispose]();
    this.deadline = undefined;
  }

  /** The new timer starts when it is first waited for, so none runs for a stream left aside. */
  protected restart(): void {
    this.stop();
    this.deadline = sleep(this.patienceMs);
  }

  override sizeHint(): SizeHint {
    const [least, most] = this.source.sizeHint();
    return [least, most === undefined ? undefined : most * 2 + 1];
  }
}

/** Tells at every tick of an interval while the source is silent. */
export class TimeoutRepeatingSource<T> extends Watched<T> {
  declare private readonly interval: Interval;
  declare private tick: Future<Instant> | undefined;

  constructor(source: Source<T>, interval: Interval) {
    super(source);
    this.interval = interval;
    this.tick = undefined;
  }

  protected pollSilence(cx: Context): Poll<Attempt<T, ElapsedError>> {
    const tick = this.tick ??= this.interval.tick();
    if (isPending(tick.poll(cx))) return Pending;
    this.tick = undefined;
    return { ok: false, error: new ElapsedError() };
  }

  protected stop(): void {
    this.tick?.[Symbol.dispose]();
    this.tick = undefined;
  }

  protected restart(): void {
    this.stop();
    this.interval.reset();
  }

  override sizeHint(): SizeHint {
    return [this.source.sizeHint()[0], undefined];
  }
}
