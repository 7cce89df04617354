/**
 * A task that workers run, from the side of its spawner.
 *
 * @module
 */

import { isolate } from "../isolate.ts";
import { Cancelled } from "../join_error.ts";
import { ASYNC, DONE as HAS_VALUE, NEW, Task, type TaskOwner } from "../task.ts";
import type { Link } from "./link.ts";
import type { Caller, Destination } from "./link_parts.ts";
import { CANCELLED, DONE } from "./records.ts";

/** What a task of this isolate would do: a called one does nothing here. */
const NOTHING = (): never => {
  throw new TypeError("Cannot run a task of the workers here");
};

/**
 * A call as a task: what comes back ends it, without a turn of its own. As a task of a `RemoteCall` it
 * ends when the task on the worker has ended, also when it was aborted.
 */
export class CalledTask<T> extends Task<T> implements Caller {
  // Plain properties set by the constructor, as in `Task`.
  declare private readonly link: Link;
  declare private readonly destination: Destination;
  declare private readonly record: number;
  /** Where the arguments are in the arena, or 0. */
  declare private readonly place: number;

  /**
   * @param record What {@linkcode Link.prepare} has made for it.
   * @param destination Who is to run it.
   * @param owner Who keeps it.
   */
  constructor(link: Link, record: number, destination: Destination, owner: TaskOwner) {
    super(NOTHING, owner, undefined);
    this.link = link;
    this.destination = destination;
    this.record = record;
    this.place = link.domain.records.placeOf(record);
  }

  override get isInHand(): boolean {
    return !this.isEnded;
  }

  /** Sends it to the workers. */
  override wake(): void {
    if (this.phase !== NEW) return;
    this.phase = ASYNC;
    this.link.send(this.record, this, this.destination);
    isolate.wake();
  }

  /** Asks the worker to end it. */
  override abort(): void {
    if (this.aborted || this.isEnded) return;
    this.aborted = true;
    if (this.phase === NEW) {
      this.link.discard(this.record, this.place);
      this.cancelled();
    } else this.link.abort(this.record);
  }

  override drop(): void {
    this.abort();
    if (!this.isEnded) this.fail(new Cancelled());
  }

  /** Called when the record has come back. */
  ended(): void {
    if (this.link.isMissing(this.record)) this.#takeLater();
    else this.#take();
  }

  /** Called when the thread that has it will not answer in time. */
  abandoned(): void {
    if (!this.isEnded) this.cancelled();
  }

  /** Ends it as aborted, by whomever: its worker ends such tasks too, when it is shut down. */
  private cancelled(): void {
    this.aborted = true;
    this.fail(new Cancelled());
  }

  /** The result has something in it that is not here yet. */
  async #takeLater(): Promise<void> {
    try {
      await this.link.bring(this.record);
    } catch {
      // Then it cannot be read, which is the outcome.
    }
    this.#take();
  }

  #take(): void {
    const { outcomes } = this.link;
    const ending = outcomes.take(this.record, this.place, !this.isEnded);
    if (this.isEnded) return;
    if (ending === DONE) this.end(HAS_VALUE, outcomes.value);
    else if (ending === CANCELLED) this.cancelled();
    else this.fail(outcomes.value);
  }
}
