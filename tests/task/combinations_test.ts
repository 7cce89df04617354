/**
 * Every mix of where a task runs, how it behaves, who looks at its handle, and when handle and task
 * are given up.
 *
 * @module
 */

import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { stub } from "@std/testing/mock";
import type { Waker } from "../../future/context.ts";
import type { Future } from "../../future/future.ts";
import { Pending } from "../../future/poll.ts";
import { pollFn } from "../../future/poll_fn.ts";
import { JoinError } from "../../scheduler/join_error.ts";
import type { JoinHandle } from "../../scheduler/join_handle.ts";
import { spawn } from "../../scheduler/runtime.ts";
import { LocalSet } from "../../task/local_set.ts";
import { test } from "../helpers/leak_guard.ts";
import { pollOnce, turns, Wakes } from "../helpers/wakes.ts";

const MOMENTS = ["at once", "after the first poll", "after the end", "never"] as const;

interface Mix {
  readonly isLocal: boolean;
  readonly throwsInPoll: boolean;
  readonly throwsInDrop: boolean;
  readonly isPolled: boolean;
  readonly dropped: typeof MOMENTS[number];
  readonly aborted: typeof MOMENTS[number];
}

for (const throwsInPoll of [false, true]) {
  for (const throwsInDrop of [false, true]) {
    const kind = [throwsInPoll ? "fails" : "completes", throwsInDrop ? "cannot be dropped" : ""];
    test(`a task that ${kind.filter(Boolean).join(" and ")} ends, whatever is done to it`, async () => {
      using _quiet = stub(console, "error");
      for (const isLocal of [false, true]) {
        for (const isPolled of [false, true]) {
          for (const dropped of MOMENTS) {
            for (const aborted of MOMENTS) {
              await run({ isLocal, throwsInPoll, throwsInDrop, isPolled, dropped, aborted });
            }
          }
        }
      }
    });
  }
}

async function run(mix: Mix): Promise<void> {
  using local = new LocalSet();
  const subject = new Subject(mix);
  const handle = mix.isLocal ? local.spawnLocal(subject.future) : spawn(subject.future);
  const driver = mix.isLocal ? spawn(local) : undefined;
  const aborter = handle.abortHandle();
  const joiner = new Wakes();
  if (mix.isPolled) assertEquals(pollOnce(handle, joiner), Pending);
  for (const moment of MOMENTS) {
    if (mix.aborted === moment) aborter.abort();
    if (mix.dropped === moment) handle[Symbol.dispose]();
    if (moment === "at once") await turns(3);
    if (moment === "after the first poll") {
      subject.finish();
      await turns(3);
      assert(aborter.isFinished(), JSON.stringify(mix));
    }
  }
  assertEquals(joiner.isWoken(), mix.isPolled && isWatchedAtTheEnd(mix), JSON.stringify(mix));
  if (mix.dropped === "never") {
    assertEquals(await outcome(handle), expected(mix), JSON.stringify(mix));
  }
  await driver;
}

/** Whether the handle is still there when the task ends. */
function isWatchedAtTheEnd({ dropped, aborted }: Mix): boolean {
  return MOMENTS.indexOf(dropped) > (aborted === "at once" ? 0 : 1);
}

/** What a handle gives that nobody has dropped. */
function expected({ aborted, throwsInPoll, throwsInDrop }: Mix): string {
  const isCutShort = aborted === "at once" || aborted === "after the first poll";
  if (isCutShort) return throwsInDrop ? "thrown in the drop" : "cancelled";
  return throwsInPoll ? "thrown in the poll" : "value";
}

async function outcome(handle: JoinHandle<string>): Promise<string> {
  try {
    return await handle;
  } catch (error) {
    assertInstanceOf(error, JoinError);
    return error.isCancelled() ? "cancelled" : (error.cause as Error).message;
  }
}

/** A future that is pending once, and then behaves as the mix says. */
class Subject {
  readonly future: Future<string>;
  #waker: Waker | undefined;
  #isFinishing = false;

  constructor({ throwsInPoll, throwsInDrop }: Mix) {
    this.future = pollFn((cx) => {
      this.#waker = cx.waker;
      if (!this.#isFinishing) return Pending;
      if (throwsInPoll) throw new Error("thrown in the poll");
      return "value";
    }, () => {
      if (throwsInDrop) throw new Error("thrown in the drop");
    });
  }

  /** Lets the next poll be the last. */
  finish(): void {
    this.#isFinishing = true;
    this.#waker?.wake();
  }
}
