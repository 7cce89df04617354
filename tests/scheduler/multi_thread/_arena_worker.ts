/**
 * A thread that takes blocks, gives most of them to its neighbour, and frees what it gets from it.
 *
 * @module
 */

import { ownThread } from "../../../host/thread.ts";
import { Random } from "../../../future/random.ts";
import { Arena } from "../../../scheduler/multi_thread/arena.ts";
import { isFilled, rangeOf, SIZE, write } from "./_arena.ts";

const ROUNDS = 4000;
/** Blocks that are on their way at once, in one direction; each takes 3 words. */
const SLOTS = 32;
/** Sent instead of a block: there are no more. */
const END = -1;

/** What a thread is told. */
export interface ArenaOrder {
  readonly words: Int32Array;
  readonly mail: Int32Array;
  readonly self: number;
}

const thread = ownThread();
thread.listen((order) => {
  try {
    run(order as ArenaOrder);
    thread.post("done");
  } catch (error) {
    thread.post(String(error));
  }
});
thread.post("ready");

function run({ words, mail, self }: ArenaOrder): void {
  const random = new Random(self + 1);
  let arena = new Arena(words, { base: 100, size: SIZE, isolates: 8, self });
  const box = (direction: number, slot: number) => (direction * SLOTS + slot % SLOTS) * 4;
  let sent = 0;
  let received = 0;
  let isOver = false;

  /** The first word of a slot is 1 while there is something in it. */
  const receive = () => {
    const at = box(1 - self, received);
    if (isOver || Atomics.load(mail, at) === 0) return;
    const [offset, bytes, mark] = [mail[at + 1]!, mail[at + 2]!, mail[at + 3]!];
    Atomics.store(mail, at, 0);
    received++;
    if (offset === END) isOver = true;
    else freeOf(offset, bytes, mark);
  };
  const freeOf = (offset: number, bytes: number, mark: number) => {
    if (!isFilled(words, offset, bytes, mark)) throw new Error("a block was written over");
    arena.freeRemote(offset);
  };
  const send = (offset: number, bytes: number, mark: number) => {
    const at = box(self, sent++);
    while (Atomics.load(mail, at) !== 0) receive();
    mail[at + 1] = offset;
    mail[at + 2] = bytes;
    mail[at + 3] = mark;
    Atomics.store(mail, at, 1);
  };

  for (let round = 1; round <= ROUNDS; round++) {
    // Now and then the isolate ends, and another one takes its number.
    if (random.below(200) === 0) {
      arena.close();
      arena = new Arena(words, { base: 100, size: SIZE, isolates: 8, self });
    }
    const bytes = rangeOf(random);
    const offset = arena.allocate(bytes);
    if (offset === 0) {
      receive();
      continue;
    }
    const mark = round * 2 + self;
    write(words, offset, bytes, mark);
    if (random.below(4) === 0) freeOf(offset, bytes, mark);
    else send(offset, bytes, mark);
    receive();
  }
  send(END, 0, 0);
  while (!isOver) receive();
  arena.close();
}
