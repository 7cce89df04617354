/**
 * Aborting a task of another isolate.
 *
 * The isolate of the task makes a flag, which those that may abort the task hold and set. The flag is
 * left when the task has ended; so who holds it can tell.
 *
 * @module
 */

import type { Joiner, Task } from "../task.ts";
import type { HandleKind, WireForm } from "./handle.ts";
import type { Woken } from "./link_parts.ts";
import { RemoteFlag } from "./remote_flag.ts";

/** What can be aborted: a task of this isolate, or of another one. */
export interface Abortable {
  /** Unique in the isolate of the task. */
  readonly id: number;
  /** What its spawner calls it. */
  readonly name: string | undefined;
  /** Whether it has ended. */
  readonly isEnded: boolean;
  /** Asks it to end. */
  abort(): void;
}

/** A task of another isolate. */
export class RemoteTask implements Abortable {
  readonly id: number;
  readonly name: string | undefined;
  readonly #flag: RemoteFlag;

  /** Takes over a hold of the flag. */
  constructor(at: number, id: number, name: string | undefined) {
    this.id = id;
    this.name = name;
    this.#flag = new RemoteFlag(at);
    forgotten.register(this, this.#flag);
  }

  get isEnded(): boolean {
    return this.#flag.isLeft;
  }

  abort(): void {
    if (!this.#flag.isSet) this.#flag.set();
  }

  /** Travels on: all hold the same flag. */
  form(kind: HandleKind): WireForm {
    const flag = this.#flag;
    return { kind, data: [flag.at, this.id, this.name], onSent: () => flag.retain() };
  }
}

const forgotten = new FinalizationRegistry<RemoteFlag>((flag) => flag.release());

/** What travels in place of something that can be aborted. */
export function formOfAbortable(task: Abortable, kind: HandleKind): WireForm {
  if (task instanceof RemoteTask) return task.form(kind);
  const watch = watchOf(task as Task<unknown>);
  return { kind, data: [watch.flag.at, task.id, task.name], onSent: () => watch.begin() };
}

/** Gives a flag back that nobody has taken. */
export function dropAbortable(at: number): void {
  new RemoteFlag(at).release();
}

const watches = new WeakMap<Task<unknown>, Watch>();

function watchOf(task: Task<unknown>): Watch {
  let watch = watches.get(task);
  if (watch === undefined) watches.set(task, watch = new Watch(task));
  return watch;
}

/** Waits for others to abort a task of this isolate, while there are any and the task runs. */
class Watch implements Woken, Joiner {
  readonly flag: RemoteFlag = RemoteFlag.make();
  readonly #task: Task<unknown>;
  #hasBegun = false;

  constructor(task: Task<unknown>) {
    this.#task = task;
  }

  /** The flag is on its way to one more. */
  begin(): void {
    this.flag.retain();
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    if (this.#task.isEnded) return this.#end();
    this.#task.join(this);
    this.#look();
  }

  /** Somebody has set the flag, or nobody holds it any more. */
  woken(): void {
    this.flag.wasWoken();
    this.#look();
  }

  /** The task has ended. */
  wake(): void {
    this.flag.waitNoMore();
    this.#end();
  }

  #look(): void {
    const { flag } = this;
    if (flag.isSet) return this.#task.abort();
    if (!flag.isHeld) {
      this.#task.leaveJoin(this);
      return this.#end();
    }
    flag.wait(this);
    if (!flag.isSet && flag.isHeld) return;
    flag.waitNoMore();
    this.#look();
  }

  #end(): void {
    watches.delete(this.#task);
    this.flag.leave();
  }
}
