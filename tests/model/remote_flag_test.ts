/**
 * Schedules of flags that one isolate sets and another one waits for.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import type { Woken } from "../../scheduler/multi_thread/link_parts.ts";
import { RemoteFlag } from "../../scheduler/multi_thread/remote_flag.ts";
import { installLink } from "../../scheduler/threads.ts";
import { lostNotify, splitExchange, splitSub } from "./bugs.ts";
import { model } from "./model.ts";
import { CELL_AT, freed, Isolate, memories, names } from "./shared_link.ts";

const AT = CELL_AT + 4;
const HOLDER = 1 << 16;

/** A flag that so many hold. */
const setup = (holders: number) => (words: Int32Array) => void (words[AT] = holders * HOLDER);

model(import.meta, {
  title: "the memory of a flag is given back once, by whoever has done with it last",
  rules: "F1",
  memories,
  names,
  setup: setup(2),
  threads: [
    (words) => flagOf(words, 0).flag.leave(),
    (words) => flagOf(words, 1).flag.release(),
    (words) => flagOf(words, 2).flag.release(),
  ],
  check: (_, words) => assertEquals(freed(words), 1),
  bugs: [splitSub],
});

model(import.meta, {
  title: "who begins to wait for a flag while it is set is woken, or sees it",
  rules: "F1 F2",
  memories,
  names,
  setup: setup(1),
  threads: [
    (words) => {
      const { flag } = flagOf(words, 0);
      flag.set();
      flag.leave();
    },
    (words) => {
      const { isolate, flag } = flagOf(words, 1);
      waitUntil(isolate, flag, () => flag.isSet);
      flag.release();
    },
  ],
  check: (_, words) => assertEquals(freed(words), 1),
  bugs: [splitExchange, lostNotify],
});

model(import.meta, {
  title: "who has made a flag learns that its last holder is gone",
  rules: "F1 F2",
  memories,
  names,
  preemptions: 3,
  setup: setup(2),
  threads: [
    (words) => {
      const { isolate, flag } = flagOf(words, 0);
      waitUntil(isolate, flag, () => !flag.isHeld);
      flag.leave();
    },
    (words) => flagOf(words, 1).flag.release(),
    (words) => flagOf(words, 2).flag.release(),
  ],
  check: (_, words) => assertEquals(freed(words), 1),
  bugs: [splitSub, lostNotify],
});

function flagOf(words: Int32Array, self: number): { isolate: Isolate; flag: RemoteFlag } {
  const isolate = new Isolate(words, self);
  installLink(() => isolate.link);
  return { isolate, flag: new RemoteFlag(AT) };
}

/** Waits as those do that use flags: says so, looks, and after each wake-up looks again. */
function waitUntil(isolate: Isolate, flag: RemoteFlag, isOver: () => boolean): void {
  let isWoken = false;
  const woken: Woken = {
    woken: () => {
      flag.wasWoken();
      isWoken = true;
    },
  };
  while (!isOver()) {
    isWoken = false;
    flag.wait(woken);
    if (isOver()) return flag.waitNoMore();
    isolate.runUntil(() => isWoken);
  }
}
