/**
 * Schedules of channels between isolates that keep the newest value.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { isPending } from "../../future/poll.ts";
import { SENDING } from "../../sync/shared/shown.ts";
import { Changed, Channel, View, WaitFor } from "../../sync/shared/watch_channel.ts";
import { lostNotify, splitCompareExchange, splitExchange } from "./bugs.ts";
import { model } from "./model.ts";
import { Isolate, memories, names, setup as cell, word } from "./shared_link.ts";

/** A channel with so many senders that has the value 0, whose number is 1. */
function setup(senders: number): (words: Int32Array) => void {
  return (words) => {
    cell(0, senders, 3, ...new Array(25).fill(0))(words);
    open(words, 0).channel.store(0);
  };
}

const assertNobodyWaits = (words: Int32Array) =>
  assertEquals([word(words, 2), word(words, 3)], [0, 0]);

model(import.meta, {
  title: "all receivers that begin to wait while a value is sent see it",
  rules: "X1 F2 F3",
  memories,
  names,
  preemptions: 1,
  longPreemptions: 2,
  setup: setup(1),
  threads: [(words) => open(words, 0).channel.store(7), see, see2],
  check: ([_, first, second], words) => {
    assertEquals([first, second], [[7], [7]]);
    assertNobodyWaits(words);
  },
  bugs: [splitCompareExchange, splitExchange, lostNotify],
});

model(import.meta, {
  title: "who waits for a value gets one that it accepts, whatever is sent meanwhile",
  rules: "X1",
  memories,
  names,
  preemptions: 2,
  longPreemptions: 3,
  setup: setup(1),
  threads: [
    (words) => {
      const { channel } = open(words, 0);
      channel.store(1);
      channel.store(2);
    },
    (words) => {
      const { isolate, channel } = open(words, 1);
      return isolate.complete(new WaitFor(new View(channel, 1, false), (value) => value === 2));
    },
  ],
  check: ([_, value], words) => {
    assertEquals(value, [2]);
    assertNobodyWaits(words);
  },
  bugs: [splitCompareExchange, lostNotify],
});

model(import.meta, {
  title: "the last of two senders that are closed at once ends the channel",
  rules: "F2 F3",
  memories,
  names,
  preemptions: 1,
  longPreemptions: 2,
  setup: setup(2),
  threads: [(words) => leave(words, 0), (words) => leave(words, 2), (words) => {
    const { isolate, channel } = open(words, 1);
    const changed = new Changed(new View(channel, 1, false), true);
    try {
      isolate.run(changed);
      return 0;
    } catch {
      return 1;
    }
  }],
  check: ([_first, _second, hasEnded], words) => {
    assertEquals(hasEnded, [1]);
    assertNobodyWaits(words);
  },
  bugs: [splitCompareExchange, lostNotify],
});

model(import.meta, {
  title: "a value is read as a whole while another one takes its place",
  rules: "X1",
  memories,
  names,
  plainSteps: true,
  preemptions: 2,
  longPreemptions: 3,
  setup: setup(1),
  threads: [
    // Two words each: a half of each would be neither.
    (words) => open(words, 0).channel.store(2 ** 40 + 1),
    (words) => {
      const { value } = open(words, 1).channel.read();
      return value === 0 || value === 2 ** 40 + 1 ? 1 : 0;
    },
  ],
  check: ([_, isWhole]) => assert(isWhole![0] === 1),
  bugs: [splitCompareExchange],
});

function open(words: Int32Array, self: number): { isolate: Isolate; channel: Channel<number> } {
  const isolate = new Isolate(words, self);
  return { isolate, channel: new Channel<number>(isolate.cell()) };
}

function seeAs(words: Int32Array, self: number): number {
  const { isolate, channel } = open(words, self);
  const view = new View(channel, 1, false);
  const changed = new Changed(view, true);
  assert(!isPending(isolate.complete(changed)));
  return view.see();
}

function see(words: Int32Array): number {
  return seeAs(words, 1);
}

function see2(words: Int32Array): number {
  return seeAs(words, 2);
}

function leave(words: Int32Array, self: number): void {
  open(words, self).channel.leave(SENDING);
}
