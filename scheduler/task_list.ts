/**
 * The tasks that belong together.
 *
 * @module
 */

import { host } from "../host/global.ts";
import { nextTurn } from "../host/next_turn.ts";
import { label } from "./join_error.ts";
import type { Runtime } from "./runtime.ts";
import type { Task, TaskOwner } from "./task.ts";

/** The tasks of a runtime or of a `LocalSet` that have not ended, in a list without places. */
export abstract class TaskList implements TaskOwner {
  /** The runtime in which they spawn. */
  abstract readonly runtime: Runtime;
  /** How many have not ended. */
  alive = 0;
  /** How many there have been. */
  spawned = 0;
  #first: Task<unknown> | undefined = undefined;

  abstract schedule(task: Task<unknown>): void;

  /** Called after a task has left the list. */
  protected abstract left(task: Task<unknown>): void;

  /** Puts a new task into the list. */
  add(task: Task<unknown>): void {
    const first = this.#first;
    task.next = first;
    if (first !== undefined) first.previous = task;
    this.#first = task;
    this.alive += 1;
    this.spawned += 1;
  }

  /** Forgets a task that has ended, and reports a failure that nobody looks at. */
  ended(task: Task<unknown>): void {
    this.#remove(task);
    if (task.error?.isPanic()) nextTurn(() => reportUnlessObserved(task));
    this.left(task);
  }

  /** Does `action` with every task; it may end them. */
  forEach(action: (task: Task<unknown>) => void): void {
    for (let task = this.#first; task !== undefined;) {
      const { next } = task;
      action(task);
      task = next;
    }
  }

  /** Whether any task waits on something of edo's, or is about to run. */
  hasTasksInHand(): boolean {
    for (let task = this.#first; task !== undefined; task = task.next) {
      if (task.isInHand) return true;
    }
    return false;
  }

  #remove(task: Task<unknown>): void {
    const { previous, next } = task;
    if (previous === undefined) this.#first = next;
    else previous.next = next;
    if (next !== undefined) next.previous = previous;
    task.next = undefined;
    task.previous = undefined;
    this.alive -= 1;
  }
}

function reportUnlessObserved(task: Task<unknown>): void {
  if (task.isObserved) return;
  const name = label(task.id, task.name);
  host.console?.error(
    `${name.replace("task", "Task")} failed and nobody joined it:`,
    task.error?.cause,
  );
}
