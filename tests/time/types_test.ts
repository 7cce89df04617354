/**
 * What the type checker knows of time, and what must not compile.
 *
 * @module
 */

import { assertType, type IsExact } from "@std/testing/types";
import type { Future } from "../../future/future.ts";
import type { Poll } from "../../future/poll.ts";
import { ready } from "../../future/ready.ts";
import type { End } from "../../future/source.ts";
import { spawn } from "../../scheduler/runtime.ts";
import { mockStream, taskSpawn, test } from "../../testing/mod.ts";
import {
  type advance,
  type DelayKey,
  DelayQueue,
  type Expired,
  Instant,
  interval,
  type Sleep,
  sleep,
  type Timeout,
  timeout,
} from "../../time/mod.ts";

/**
 * Never called: only its types count. Each `@ts-expect-error` is an error of the check by itself
 * when the line below it compiles.
 */
export const time = {
  values() {
    assertType<IsExact<ReturnType<typeof advance>, Future<void>>>(true);
    const limited = timeout({ seconds: 1, nanoseconds: 5 }, Promise.resolve("a"));
    assertType<IsExact<typeof limited, Timeout<string>>>(true);
    const ticks = interval(5);
    assertType<IsExact<ReturnType<typeof ticks.tick>, Future<Instant>>>(true);
    assertType<IsExact<ReturnType<typeof ticks.next>, Future<Instant | undefined>>>(true);
    const queue = new DelayQueue<string>();
    assertType<IsExact<ReturnType<typeof queue.insert>, DelayKey>>(true);
    assertType<IsExact<ReturnType<typeof queue.expired>, Future<Expired<string>>>>(true);
    spawn(function* () {
      const due = yield* ticks.tick();
      assertType<IsExact<typeof due, Instant>>(true);
    });
  },

  tasks() {
    const slept = taskSpawn(sleep(1));
    assertType<IsExact<typeof slept.inner, Sleep>>(true);
    const number = taskSpawn(ready(1)).poll();
    assertType<IsExact<typeof number, Poll<number>>>(true);
    const item = taskSpawn(mockStream<string>().build()).pollNext();
    assertType<IsExact<typeof item, Poll<string | End>>>(true);
    const steps = taskSpawn(function* () {
      return (yield* ready("a")).length;
    });
    const length = steps.poll();
    assertType<IsExact<typeof length, Poll<number>>>(true);
  },

  errors() {
    // @ts-expect-error -- a duration has no such unit
    sleep({ second: 1 });
    // @ts-expect-error -- text is no duration
    sleep("5");
    // @ts-expect-error -- a number is no instant
    interval(5).resetAt(5);
    // @ts-expect-error -- there are three behaviours
    interval(5).missedTickBehavior = "late";
    // @ts-expect-error -- an instant does not change
    Instant.now().ms = 5;
    // @ts-expect-error -- a key comes from the queue
    new DelayQueue<number>().remove(5);
    // @ts-expect-error -- a future has no next item
    taskSpawn(ready(1)).pollNext();
    // @ts-expect-error -- a source is not polled as a future
    taskSpawn(mockStream<string>().build()).poll();
    // @ts-expect-error -- there are two flavours
    test("name", { flavor: "local" }, () => {});
  },
};
