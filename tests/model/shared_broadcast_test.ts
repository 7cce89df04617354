/**
 * Schedules of channels between isolates whose receivers all get every value.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { Channel, Cursor } from "../../sync/shared/broadcast_channel.ts";
import { LaggedError, Receiver } from "../../sync/shared/broadcast.ts";
import { lostNotify, splitCompareExchange, splitExchange } from "./bugs.ts";
import { model } from "./model.ts";
import { Isolate, memories as link, names, setup as cell, word } from "./shared_link.ts";

const ROOM = 2;
const memories = [link[0]! + ROOM * 32];
const setup = cell(0, 1, 3, 0, 0, link[0]! * 4, ROOM);
const assertNobodyWaits = (words: Int32Array) =>
  assertEquals([word(words, 2), word(words, 3)], [0, 0]);

model(import.meta, {
  title: "two receivers both get both values in order",
  rules: "X1 Y1 F3",
  memories,
  names,
  preemptions: 1,
  longPreemptions: 2,
  setup,
  threads: [
    (words) => send(words, 1, 2),
    (words) => receive(words, 1, 2),
    (words) => receive(words, 2, 2),
  ],
  check: ([_, first, second], words) => {
    assertEquals([first, second], [[1, 2], [1, 2]]);
    assertNobodyWaits(words);
  },
  bugs: [splitCompareExchange, lostNotify],
});

model(import.meta, {
  title: "what a receiver gets and what it is told it has lost are all that was sent",
  rules: "X1 Y1",
  memories,
  names,
  preemptions: 2,
  longPreemptions: 3,
  setup,
  threads: [(words) => send(words, 1, 2, 3), (words) => receive(words, 1, 3)],
  check: ([_, received], words) => {
    // A loss is counted as so many zeros.
    assertEquals(received!.map((value, i) => value === 0 ? 0 : value - i - 1), [0, 0, 0]);
    assertNobodyWaits(words);
  },
  bugs: [splitCompareExchange, lostNotify],
});

model(import.meta, {
  title: "a value is read as a whole while the next but one takes its slot",
  rules: "X1 Y1",
  memories,
  names,
  plainSteps: true,
  preemptions: 2,
  longPreemptions: 3,
  setup: (words) => {
    setup(words);
    send(words, 1, 2);
  },
  threads: [(words) => send(words, 3), (words) => receive(words, 1, 2)],
  check: ([_, received]) => assertEquals(received!.at(-1), 2),
  bugs: [splitCompareExchange, splitExchange],
});

function open(words: Int32Array, self: number): { isolate: Isolate; channel: Channel<number> } {
  const isolate = new Isolate(words, self);
  return { isolate, channel: new Channel<number>(isolate.cell()) };
}

function send(words: Int32Array, ...values: number[]): void {
  const { channel } = open(words, 0);
  for (const value of values) channel.send(value);
}

/** Receives so many values, of which 0 stands for one that was lost. */
function receive(words: Int32Array, self: number, count: number): number[] {
  const { isolate, channel } = open(words, self);
  const receiver = new Receiver(new Cursor(channel, 0));
  const values: number[] = [];
  while (values.length < count) {
    try {
      values.push(isolate.complete(receiver.recv()));
    } catch (error) {
      if (!(error instanceof LaggedError)) throw error;
      for (let i = 0; i < error.skipped; i++) values.push(0);
    }
  }
  return values;
}
