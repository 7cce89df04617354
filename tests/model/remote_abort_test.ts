/**
 * Schedules of tasks that are aborted from another isolate.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { load, notify, store, wait } from "../../scheduler/multi_thread/atomics.ts";
import type { HandleKind } from "../../scheduler/multi_thread/handle.ts";
import {
  type Abortable,
  dropAbortable,
  formOfAbortable,
  RemoteTask,
} from "../../scheduler/multi_thread/remote_abort.ts";
import { installLink } from "../../scheduler/threads.ts";
import type { Joiner } from "../../scheduler/task.ts";
import { lostNotify, splitExchange, splitSub } from "./bugs.ts";
import { model } from "./model.ts";
import { freed, Isolate, memories, names, sayAt } from "./shared_link.ts";

/** Where the abort handle is, once it is on its way. */
const SENT = sayAt(10);
const kind: HandleKind = { key: "", decode: () => ({}), drop: undefined };

/** As much of a task as a watch looks at. */
class Running implements Abortable {
  readonly id = 1;
  readonly name = undefined;
  isEnded = false;
  isAborted = false;
  #joiner: Joiner | undefined = undefined;

  join(joiner: Joiner): void {
    this.#joiner = joiner;
  }

  leaveJoin(): void {
    this.#joiner = undefined;
  }

  abort(): void {
    this.isAborted = true;
  }

  end(): void {
    this.isEnded = true;
    this.#joiner?.wake();
  }
}

model(import.meta, {
  title: "a task that is aborted from another isolate learns of it wherever it is",
  rules: "F2",
  memories,
  names,
  threads: [
    (words) => {
      const { isolate, task } = sendHandle(words);
      isolate.runUntil(() => task.isAborted);
      task.end();
    },
    (words) => {
      const at = receiveHandle(words);
      new RemoteTask(at, 1, undefined).abort();
      dropAbortable(at);
    },
  ],
  check: (_, words) => assertEquals(freed(words), 1),
  bugs: [splitExchange, lostNotify],
});

model(import.meta, {
  title: "an abort that meets the end of its task does no harm, and leaves nothing",
  rules: "F1 F2",
  memories,
  names,
  threads: [
    (words) => sendHandle(words).task.end(),
    (words) => {
      const at = receiveHandle(words);
      new RemoteTask(at, 1, undefined).abort();
      dropAbortable(at);
    },
  ],
  check: (_, words) => assertEquals(freed(words), 1),
  bugs: [splitSub],
});

/** Sends the abort handle of a task that runs. */
function sendHandle(words: Int32Array): { isolate: Isolate; task: Running } {
  const isolate = new Isolate(words, 0);
  installLink(() => isolate.link);
  const task = new Running();
  const { data, onSent } = formOfAbortable(task, kind);
  onSent!();
  store(words, SENT, data[0] as number);
  notify(words, SENT);
  return { isolate, task };
}

function receiveHandle(words: Int32Array): number {
  const isolate = new Isolate(words, 1);
  installLink(() => isolate.link);
  while (load(words, SENT) === 0) wait(words, SENT, 0);
  return load(words, SENT);
}
