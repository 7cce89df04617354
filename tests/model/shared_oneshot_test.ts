/**
 * Schedules of channels for one value between isolates.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { Receiver, Sender } from "../../sync/shared/oneshot.ts";
import { Channel } from "../../sync/shared/oneshot_channel.ts";
import { lostNotify, splitCompareExchange, splitExchange } from "./bugs.ts";
import { model } from "./model.ts";
import { Isolate, memories, names, setup } from "./shared_link.ts";

const EMPTY: readonly number[] = new Array(28).fill(0);

model(import.meta, {
  title: "a oneshot value that is sent while its receiver begins to wait reaches it",
  rules: "O1 O3 G1 G2",
  memories,
  names,
  plainSteps: true,
  setup: setup(...EMPTY),
  preemptions: 3,
  threads: [(words) => sender(words).send(7), (words) => {
    const isolate = new Isolate(words, 1);
    return isolate.complete(new Receiver(new Channel<number>(isolate.cell())));
  }],
  check: ([_, received]) => assertEquals(received, [7]),
  bugs: [splitCompareExchange, splitExchange, lostNotify],
});

model(import.meta, {
  title: "a oneshot value is received, or kept by who sends it, when the receiver closes meanwhile",
  rules: "O1 O2",
  memories,
  names,
  plainSteps: true,
  setup: setup(...EMPTY),
  threads: [
    (words) => attempt(() => sender(words).send(7)),
    (words) => {
      const isolate = new Isolate(words, 1);
      const rx = new Receiver(new Channel<number>(isolate.cell()));
      rx.close();
      return attempt(() => assertEquals(rx.tryRecv(), 7));
    },
  ],
  check: ([sent, received]) => assertEquals(sent, received),
  bugs: [splitCompareExchange],
});

model(import.meta, {
  title: "a oneshot sender that waits for the end of its receiver learns of it",
  rules: "F2 F3",
  memories,
  names,
  preemptions: 3,
  setup: setup(...EMPTY),
  threads: [
    (words) => {
      const isolate = new Isolate(words, 0);
      isolate.run(new Sender(new Channel<number>(isolate.cell())).closed());
    },
    (words) => {
      const isolate = new Isolate(words, 1);
      new Receiver(new Channel<number>(isolate.cell()))[Symbol.dispose]();
    },
  ],
  bugs: [splitCompareExchange, lostNotify],
});

function sender(words: Int32Array): Sender<number> {
  return new Sender(new Channel<number>(new Isolate(words, 0).cell()));
}

/** Answers with 1, or with 0 if it throws. */
function attempt(action: () => void): number {
  try {
    action();
    return 1;
  } catch {
    return 0;
  }
}
