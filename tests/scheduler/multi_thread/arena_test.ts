/**
 * The allocator of payloads: sizes, pages, and who gives what back.
 *
 * @module
 */

import { assert, assertEquals, assertThrows } from "@std/assert";
import { Random } from "../../../future/random.ts";
import {
  add,
  and,
  compareExchange,
  exchange,
  installSeam,
  load,
  notify,
  or,
  type Seam,
  store,
  sub,
  wait,
} from "../../../scheduler/multi_thread/atomics.ts";
import { Arena, PAGE_BYTES } from "../../../scheduler/multi_thread/arena.ts";
import { moduleBeside } from "../../../host/module_url.ts";
import { startThread, type Thread } from "../../../host/thread.ts";
import type { ArenaOrder } from "./_arena_worker.ts";
import { isFilled, PAGES, rangeOf, SIZE, write } from "./_arena.ts";

/** What the protocols use when nobody is in between. */
const seam: Seam = { load, store, add, sub, and, or, exchange, compareExchange, wait, notify };

/** The memory of one test. */
function newWords(): Int32Array {
  return new Int32Array(new SharedArrayBuffer((SIZE + 100) * 4));
}

function open(words: Int32Array, self: number): Arena {
  return new Arena(words, { base: 100, size: SIZE, isolates: 8, self });
}

/** Whether nothing is in use: all pages together are free. */
function isEmpty(words: Int32Array): boolean {
  const arena = open(words, 7);
  const all = arena.allocate(PAGES * PAGE_BYTES);
  if (all !== 0) arena.free(all);
  return all !== 0;
}

Deno.test("Arena.allocate() gives blocks that do not overlap, within the memory", () => {
  const words = newWords();
  const arena = open(words, 0);
  const taken: [number, number][] = [];
  for (let bytes = 0; bytes < 3 * PAGE_BYTES; bytes += 1 + (bytes >> 2)) {
    const offset = arena.allocate(bytes);
    assert(offset > 0 && offset % 16 === 0);
    taken.push([offset, offset + bytes]);
  }
  taken.sort(([a], [b]) => a - b);
  for (let i = 1; i < taken.length; i++) assert(taken[i - 1]![1] <= taken[i]![0]);
  assert(taken.at(-1)![1] <= words.byteLength);
});

Deno.test("Arena.allocate() takes what was freed before it takes new memory", () => {
  const arena = open(newWords(), 0);
  const first = arena.allocate(200);
  const second = arena.allocate(200);
  arena.free(first);
  assertEquals(arena.allocate(250), first);
  arena.free(second);
  arena.free(first);
  assertEquals([arena.allocate(193), arena.allocate(256)], [first, second]);
});

Deno.test("Arena.bytesInUse counts blocks and runs until they are free", () => {
  const words = newWords();
  const [arena, other] = [open(words, 0), open(words, 1)];
  const block = arena.allocate(130);
  assertEquals(arena.bytesInUse, 192);
  const run = arena.allocate(PAGE_BYTES + 1);
  assertEquals(arena.bytesInUse, 192 + 2 * PAGE_BYTES);
  other.freeRemote(run);
  assertEquals([arena.bytesInUse, other.bytesInUse], [192, 0]);
  other.freeRemote(block);
  assertEquals(arena.bytesInUse, 192);
  arena.collect();
  assertEquals(arena.bytesInUse, 0);
});

Deno.test("a full arena answers 0, and goes on when something is freed", () => {
  const arena = open(newWords(), 0);
  const blocks: number[] = [];
  for (let block = arena.allocate(32_768); block !== 0; block = arena.allocate(32_768)) {
    blocks.push(block);
  }
  assertEquals(blocks.length, PAGES * 2);
  assertEquals([arena.allocate(1), arena.allocate(100_000)], [0, 0]);
  arena.free(blocks.pop()!);
  assertEquals(arena.allocate(1), 0);
  arena.free(blocks.pop()!);
  // The page of the two blocks is of use to another size now.
  assert(arena.allocate(1) > 0);
});

Deno.test("a payload larger than the arena is refused, and nothing is lost", () => {
  const words = newWords();
  const arena = open(words, 0);
  assertEquals(arena.allocate((PAGES + 1) * PAGE_BYTES), 0);
  assertEquals(arena.allocate(2 ** 31), 0);
  assert(isEmpty(words));
});

Deno.test("runs find room between others, and join free pages at the end with new ones", () => {
  const words = newWords();
  const arena = open(words, 0);
  const runs = [1, 2, 3].map((pages) => arena.allocate(pages * PAGE_BYTES));
  arena.free(runs[1]!);
  assertEquals(arena.allocate(2 * PAGE_BYTES), runs[1]);
  arena.free(runs[2]!);
  assertEquals(arena.allocate(5 * PAGE_BYTES), runs[2]);
});

Deno.test("blocks that another isolate has freed are used again when their owner is short", () => {
  const words = newWords();
  const [owner, other] = [open(words, 0), open(words, 1)];
  const blocks: number[] = [];
  for (let block = owner.allocate(16_384); block !== 0; block = owner.allocate(16_384)) {
    blocks.push(block);
  }
  for (const block of blocks) other.freeRemote(block);
  assertEquals(other.allocate(16_384), 0);
  const again = blocks.map(() => owner.allocate(16_384));
  assertEquals(again.toSorted(), blocks.toSorted());
});

Deno.test("Arena.close() gives empty pages back at once, and others with their last block", () => {
  const words = newWords();
  const [owner, other] = [open(words, 0), open(words, 1)];
  const blocks = [owner.allocate(1000), owner.allocate(1000), owner.allocate(5000)];
  const run = owner.allocate(100_000);
  owner.free(owner.allocate(300));
  owner.close();
  for (const block of [...blocks, run]) {
    assert(!isEmpty(words));
    other.freeRemote(block);
  }
  assert(isEmpty(words));
});

Deno.test("a block is not lost that is freed while its owner closes", () => {
  for (const moment of ["before", "after"]) {
    const words = newWords();
    const [owner, other] = [open(words, 0), open(words, 1)];
    const block = owner.allocate(1000);
    // The first exchange of a block that is freed puts it into its owner's list: A3.
    const meanwhile: Seam["compareExchange"] = (target, index, expected, value) => {
      installSeam(seam);
      if (moment === "before") owner.close();
      const found = seam.compareExchange(target, index, expected, value);
      if (moment === "after") owner.close();
      return found;
    };
    installSeam({ ...seam, compareExchange: meanwhile });
    other.freeRemote(block);
    assert(isEmpty(words), moment);
  }
});

Deno.test("a block of a predecessor's page goes where it belongs", () => {
  const words = newWords();
  const [first, other] = [open(words, 0), open(words, 1)];
  const old = first.allocate(100);
  first.close();
  const second = open(words, 0);
  const block = second.allocate(100);
  other.freeRemote(old);
  other.freeRemote(block);
  second.close();
  assert(isEmpty(words));
});

Deno.test("Arena.free() throws for what nobody has taken", () => {
  const arena = open(newWords(), 0);
  for (const offset of [0, 16, 400, 10_000, 2 ** 30]) {
    assertThrows(() => arena.free(offset), RangeError, `Cannot free ${offset}`);
  }
});

Deno.test("new Arena() throws a RangeError for memory without room for a page", () => {
  const words = new Int32Array(new SharedArrayBuffer(4096));
  const options = { base: 0, size: 1024, isolates: 8, self: 0 };
  assertThrows(() => new Arena(words, options), RangeError, "Cannot make an arena");
});

Deno.test("random use by several isolates that come and go corrupts and loses nothing", () => {
  for (let seed = 1; seed <= 40; seed++) {
    const random = new Random(seed);
    const words = newWords();
    const arenas = [0, 1, 2, 3].map((self) => open(words, self));
    const blocks: { offset: number; bytes: number; owner: number; mark: number }[] = [];
    const freeOne = () => {
      const [block] = blocks.splice(random.below(blocks.length), 1);
      const { offset, bytes, owner, mark } = block!;
      assert(isFilled(words, offset, bytes, mark), `seed ${seed}: a block was written over`);
      const by = random.below(4);
      if (by === owner) arenas[by]!.free(offset);
      else arenas[by]!.freeRemote(offset);
    };
    for (let step = 0; step < 1500; step++) {
      const self = random.below(4);
      const choice = random.below(100);
      if (choice === 0) {
        arenas[self]!.close();
        arenas[self] = open(words, self);
        for (const block of blocks) if (block.owner === self) block.owner = -1;
      } else if (choice === 1) {
        arenas[self]!.collect();
      } else if (choice < 55 || blocks.length === 0) {
        const bytes = rangeOf(random);
        const offset = arenas[self]!.allocate(bytes);
        if (offset === 0) continue;
        write(words, offset, bytes, step);
        blocks.push({ offset, bytes, owner: self, mark: step });
      } else {
        freeOne();
      }
    }
    while (blocks.length > 0) freeOne();
    for (const arena of arenas) {
      arena.collect();
      assertEquals(arena.bytesInUse, 0, `seed ${seed}`);
    }
    for (const arena of arenas) arena.close();
    assert(isEmpty(words), `seed ${seed}: pages are lost`);
  }
});

Deno.test("two threads that free each other's blocks corrupt and lose nothing", async () => {
  const words = newWords();
  const mail = new Int32Array(new SharedArrayBuffer(4096));
  const threads: Thread[] = [];
  try {
    await Promise.all([0, 1].map((self) => run({ words, mail, self }, threads)));
  } finally {
    for (const thread of threads) thread.terminate();
  }
  assert(isEmpty(words));
});

/** Starts a thread. Rejects when it fails: the other one would wait for it. */
function run(order: ArenaOrder, threads: Thread[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const thread = startThread(moduleBeside(import.meta.url, "./_arena_worker"), "arena", {
      onMessage: (message) => {
        if (message === "ready") thread.post(order);
        else if (message === "done") resolve();
        else reject(new Error(String(message)));
      },
      onError: reject,
    });
    threads.push(thread);
  });
}
