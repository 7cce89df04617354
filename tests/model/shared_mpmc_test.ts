/**
 * Schedules of channels with many senders and many receivers in different isolates.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { Channel, SENDER } from "../../sync/shared/mpmc_channel.ts";
import { LISTS, Slots, wordsOfSlots } from "../../sync/shared/mpmc_slots.ts";
import { Recv, Send } from "../../sync/shared/mpmc_waits.ts";
import { lostNotify, splitCompareExchange, splitExchange } from "./bugs.ts";
import { model } from "./model.ts";
import { CELL_AT, Isolate, memories as link, names, setup as cell, word } from "./shared_link.ts";

const LISTS_AT = CELL_AT + 11;
const PLACE = link[0]! * 4;

/** Memory with room for two values. */
const memories = [link[0]! + wordsOfSlots(2)];

/** A channel with so much room and so many senders, in which some values wait. */
function setup(room: number, senders: number, ...values: number[]): (words: Int32Array) => void {
  return (words) => {
    cell(0, 0, 0, 0, 0, senders, 3, ...new Array(LISTS).fill(0))(words);
    new Slots(words, LISTS_AT).lay(PLACE, room);
    const { channel } = open(words, 0);
    for (const value of values) channel.fill(channel.takeRoom(), value);
  };
}

/** Nobody waits, and all slots but those with values are spare. */
function assertRest(words: Int32Array, room: number, values: number): void {
  const slots = new Slots(words, LISTS_AT);
  assertEquals([2, 3, 4, 5].map((index) => word(words, index)), [0, 0, 0, 0]);
  assertEquals([slots.free, slots.size], [room - values, values]);
}

model(import.meta, {
  title: "a value that is sent while a receiver begins to wait reaches it",
  rules: "H1 U1 U2",
  memories,
  names,
  plainSteps: true,
  preemptions: 2,
  longPreemptions: 3,
  setup: setup(1, 1),
  threads: [(words) => send(words, 0, 7), (words) => receive(words, 1, 1)],
  check: ([_, taken], words) => {
    assertEquals(taken, [7]);
    assertRest(words, 1, 0);
  },
  bugs: [splitCompareExchange, splitExchange, lostNotify],
});

model(import.meta, {
  title: "a sender that waits for room gets it when a value is received",
  rules: "H1 U1",
  memories,
  names,
  preemptions: 2,
  longPreemptions: 3,
  setup: setup(1, 1, 1),
  threads: [(words) => send(words, 0, 2), (words) => receive(words, 1, 2)],
  check: ([_, taken], words) => {
    assertEquals(taken, [1, 2]);
    assertRest(words, 1, 0);
  },
  bugs: [splitCompareExchange, lostNotify],
});

model(import.meta, {
  title: "two receivers get each value once, and both get the end",
  rules: "H1 H2",
  memories,
  names,
  preemptions: 1,
  longPreemptions: 2,
  setup: setup(2, 1),
  threads: [
    (words) => {
      send(words, 0, 1, 2);
      open(words, 0).channel.leave(SENDER);
    },
    (words) => receive(words, 1, 3),
    (words) => receive(words, 2, 3),
  ],
  check: ([_, first, second], words) => {
    assertEquals([...first!, ...second!].toSorted(), [1, 2]);
    assertRest(words, 2, 0);
  },
  bugs: [splitCompareExchange, lostNotify],
});

model(import.meta, {
  title: "a value that was given to a receiver that gives up goes to the next one",
  rules: "H1 F4",
  memories,
  names,
  preemptions: 1,
  longPreemptions: 2,
  setup: setup(1, 1),
  threads: [
    (words) => send(words, 0, 7),
    (words) => giveUp(words, 1),
    (words) => receive(words, 2, 1),
  ],
  check: ([_sent, _given, taken], words) => {
    assertEquals(taken, [7]);
    assertRest(words, 1, 0);
  },
  bugs: [splitCompareExchange, lostNotify],
});

function open(words: Int32Array, self: number): { isolate: Isolate; channel: Channel<number> } {
  const isolate = new Isolate(words, self);
  return { isolate, channel: new Channel<number>(isolate.cell()) };
}

function send(words: Int32Array, self: number, ...values: number[]): void {
  const { isolate, channel } = open(words, self);
  for (const value of values) isolate.run(new Send(channel, value));
}

/** Receives so many values, or up to the end. */
function receive(words: Int32Array, self: number, count: number): number[] {
  const { isolate, channel } = open(words, self);
  const values: number[] = [];
  while (values.length < count) {
    const value = isolate.complete(new Recv(channel));
    if (value === undefined) break;
    values.push(value);
  }
  return values;
}

/** Gives up after one poll. If there is a value by then, sends it once more. */
function giveUp(words: Int32Array, self: number): void {
  const { isolate, channel } = open(words, self);
  const recv = new Recv(channel);
  if (isolate.poll(recv)) return send(words, self, 7);
  recv[Symbol.dispose]();
  isolate.turn();
}
