/**
 * Schedules of channels with many senders and one receiver between isolates: room, values, the end.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { Channel, Send, WaitClosed } from "../../sync/shared/mpsc_channel.ts";
import { Mailbox, Recv, RecvMany } from "../../sync/shared/mpsc_mailbox.ts";
import { SlotQueue, slotQueueWords } from "../../sync/shared/slots.ts";
import { lostNotify, splitCompareExchange, splitExchange, splitSub, staleLoad } from "./bugs.ts";
import { model } from "./model.ts";
import { CELL_AT, Isolate, memories as link, names, setup as cell, word } from "./shared_link.ts";

const SLOTS = 2;
/** Whether the receiver takes no more: the second of the channel's own words. */
const CLOSED = CELL_AT + 5;
const memories = [link[0]! + slotQueueWords(SLOTS)];

/** A channel with so much room and so many senders, in which some values wait. */
function setup(room: number, senders: number, ...values: number[]): (words: Int32Array) => void {
  return (words) => {
    cell(room, 0, link[0]! * 4, room, senders, 0, 0, 0)(words);
    new SlotQueue(words, link[0]!, SLOTS).clear();
    const { channel } = open(words, 0);
    for (const value of values) channel.trySend(value);
  };
}

/** Nobody waits, and so much room is free. */
function assertRest(words: Int32Array, free: number): void {
  assertEquals([2, 3, 4].map((index) => word(words, index)), [0, 0, free]);
}

model(import.meta, {
  title: "an mpsc value that is sent while the receiver begins to wait reaches it",
  rules: "M1 G1 G2",
  memories,
  names,
  preemptions: 3,
  setup: setup(1, 1),
  threads: [(words) => send(words, 0, 7), (words) => receive(words, 1, 1)],
  check: ([_, received], words) => {
    assertEquals(received, [7]);
    assertRest(words, 1);
  },
  bugs: [splitExchange, lostNotify],
});

model(import.meta, {
  title: "an mpsc sender that waits for room gets the permit of a value that was received",
  rules: "M1 F1 F3",
  memories,
  names,
  preemptions: 2,
  longPreemptions: 3,
  setup: setup(1, 1, 1),
  threads: [(words) => send(words, 0, 2), (words) => receive(words, 1, 2)],
  check: ([_, received], words) => {
    assertEquals(received, [1, 2]);
    assertRest(words, 1);
  },
  bugs: [splitCompareExchange, lostNotify],
});

model(import.meta, {
  title: "the last of two senders that are closed ends recv, after what they have sent",
  rules: "M2",
  memories,
  names,
  preemptions: 1,
  longPreemptions: 2,
  setup: setup(2, 2),
  threads: [
    (words) => {
      send(words, 0, 7);
      open(words, 0).channel.dropSender();
    },
    (words) => open(words, 2).channel.dropSender(),
    (words) => receive(words, 1, 2),
  ],
  check: ([_first, _second, received], words) => {
    assertEquals(received, [7]);
    assertRest(words, 2);
  },
  bugs: [splitSub, lostNotify],
});

model(import.meta, {
  title: "an mpsc send goes through or fails, and closed() completes, when the receiver closes",
  rules: "M2 M3",
  memories,
  names,
  preemptions: 1,
  longPreemptions: 2,
  setup: setup(1, 1, 1),
  threads: [
    (words) => {
      const { isolate, channel } = open(words, 0);
      try {
        isolate.run(new Send(channel, 2));
        return 1;
      } catch {
        return 0;
      }
    },
    (words) => {
      const { isolate, channel } = open(words, 2);
      isolate.run(new WaitClosed(channel.cell));
    },
    (words) => {
      const { isolate, mailbox } = open(words, 1);
      const first = isolate.complete(new Recv(mailbox));
      mailbox.channel.close();
      const second = isolate.complete(new Recv(mailbox));
      return [first!, second ?? 0];
    },
  ],
  check: ([sent, _, received], words) => {
    assertEquals(received, [1, sent![0] === 1 ? 2 : 0]);
    assertRest(words, 1);
  },
  bugs: [splitCompareExchange, lostNotify],
});

model(import.meta, {
  title: "recvMany gets what two mpsc senders send that wait for room, and then the end",
  rules: "M1 M2 F1 P5 G1",
  memories,
  names,
  preemptions: 1,
  longPreemptions: 2,
  setup: setup(1, 2, 1),
  threads: [
    (words) => sendAndClose(words, 0, 2),
    (words) => sendAndClose(words, 2, 3),
    (words) => receiveMany(words, 1, 4),
  ],
  check: ([_first, _second, received], words) => {
    assertEquals(received!.toSorted(), [1, 2, 3]);
    assertEquals(received![0], 1);
    assertRest(words, 1);
  },
  bugs: [splitSub, lostNotify],
});

model(import.meta, {
  title: "a sender that gives up its wait for room leaves it to the next one, for recvMany",
  rules: "M1 F4 P5",
  memories,
  names,
  preemptions: 1,
  longPreemptions: 2,
  setup: setup(1, 2, 1),
  threads: [
    (words) => {
      const { isolate, channel } = open(words, 0);
      const send = new Send(channel, 2);
      const isSent = isolate.poll(send);
      isolate.turn();
      send[Symbol.dispose]();
      channel.dropSender();
      isolate.turn();
      return Number(isSent);
    },
    (words) => sendAndClose(words, 2, 3),
    (words) => receiveMany(words, 1, 2),
  ],
  check: ([isSent, _, received], words) => {
    assertEquals(received!.toSorted(), isSent![0] === 1 ? [1, 2, 3] : [1, 3]);
    assertRest(words, 1);
  },
  bugs: [splitSub, lostNotify],
});

model(import.meta, {
  title: "a recvMany that is given up loses no value and no end",
  rules: "G1 G2 M2",
  memories,
  names,
  preemptions: 2,
  longPreemptions: 3,
  setup: setup(1, 1),
  threads: [
    (words) => sendAndClose(words, 0, 7, 8),
    (words) => {
      const { isolate, mailbox } = open(words, 1);
      const given = new RecvMany<number>(mailbox, 2, []);
      const values: number[] = [];
      if (isolate.poll(given)) return [-1];
      given[Symbol.dispose]();
      isolate.turn();
      return [...values, ...drain(isolate, mailbox, 2)];
    },
  ],
  check: ([_, received], words) => {
    // One that has completed at once has taken what it answered with.
    if (received![0] === -1) return;
    assertEquals(received, [7, 8]);
    assertRest(words, 1);
  },
  bugs: [splitExchange, lostNotify],
});

model(import.meta, {
  title: "trySend fails or is received by recvMany, when the receiver closes meanwhile",
  rules: "M2 M3 P6",
  memories,
  names,
  preemptions: 3,
  setup: setup(2, 1, 1),
  threads: [
    (words) => {
      const { channel } = open(words, 0);
      try {
        channel.trySend(2);
        return 1;
      } catch {
        return 0;
      }
    },
    (words) => {
      const { isolate, mailbox } = open(words, 1);
      mailbox.channel.close();
      return drain(isolate, mailbox, 4);
    },
  ],
  check: ([isSent, received], words) => {
    assertEquals(received, isSent![0] === 1 ? [1, 2] : [1]);
    assertRest(words, 2);
  },
  bugs: [splitCompareExchange, staleLoad(CLOSED, "whether the channel is closed")],
});

model(import.meta, {
  title: "a send of a sender that is gone fails or is received, when recvMany finds the end",
  rules: "M2 M3 P6",
  memories,
  names,
  preemptions: 3,
  setup: setup(1, 1),
  threads: [
    (words) => {
      const { isolate, channel } = open(words, 0);
      const send = new Send(channel, 2);
      channel.dropSender();
      try {
        isolate.run(send);
        return 1;
      } catch {
        return 0;
      }
    },
    (words) => receiveMany(words, 1, 2),
  ],
  check: ([isSent, received], words) => {
    assertEquals(received, isSent![0] === 1 ? [2] : []);
    assertRest(words, 1);
  },
  bugs: [splitCompareExchange, lostNotify],
});

function open(words: Int32Array, self: number) {
  const isolate = new Isolate(words, self);
  const channel = new Channel<number>(isolate.cell());
  return { isolate, channel, mailbox: new Mailbox(channel) };
}

function send(words: Int32Array, self: number, ...values: number[]): void {
  const { isolate, channel } = open(words, self);
  for (const value of values) isolate.run(new Send(channel, value));
}

function sendAndClose(words: Int32Array, self: number, ...values: number[]): void {
  send(words, self, ...values);
  open(words, self).channel.dropSender();
}

/** Receives batches of up to `limit` values, up to the end. */
function receiveMany(words: Int32Array, self: number, limit: number): number[] {
  const { isolate, mailbox } = open(words, self);
  return drain(isolate, mailbox, limit);
}

function drain(isolate: Isolate, mailbox: Mailbox<number>, limit: number): number[] {
  const values: number[] = [];
  for (let before = -1; before < values.length;) {
    before = values.length;
    isolate.complete(new RecvMany(mailbox, limit, values));
  }
  return values;
}

/** Receives so many values, or up to the end. */
function receive(words: Int32Array, self: number, count: number): number[] {
  const { isolate, mailbox } = open(words, self);
  const values: number[] = [];
  while (values.length < count) {
    const value = isolate.complete(new Recv(mailbox));
    if (value === undefined) break;
    values.push(value);
  }
  return values;
}
