/**
 * Waits on another thread, and what becomes of them where no thread can be started.
 *
 * @module
 */

import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { FfiUnavailableError } from "../../ffi/unavailable.ts";
import { waitElsewhere } from "../../ffi/wait_elsewhere.ts";
import { host } from "../../host/global.ts";
import { threadModule, useThreadModule } from "../../host/thread.ts";
import { test } from "../helpers/leak_guard.ts";

const unexpected = () => {
  throw new Error("looked");
};

const noThread = () => Promise.reject(new FfiUnavailableError("no thread, on purpose"));

test("waitElsewhere() answers with what the wait on the other thread found", async () => {
  assertEquals(await waitElsewhere(() => Promise.resolve(3), -1, unexpected), 3);
});

test("waitElsewhere() fails as the call does", async () => {
  const wait = () => Promise.reject(new RangeError("own failure"));
  await assertRejects(() => waitElsewhere(wait, -1, unexpected), RangeError, "own failure");
});

test("waitElsewhere() looks where no thread can be started, until another module is named", async () => {
  const before = threadModule();
  const warnings: string[] = [];
  const note = (warning: unknown) => void warnings.push(`${warning}`);
  host.process!.on!("warning", note);
  let waits = 0;
  const wait = () => {
    waits += 1;
    return waits === 1 ? noThread() : Promise.resolve(0);
  };
  try {
    useThreadModule("file:///moved.js");
    assertEquals(await waitElsewhere(wait, -1, () => 1), 1);
    assertEquals(await waitElsewhere(wait, 0, () => 2), 2);
    assertEquals(waits, 1);
    useThreadModule("file:///found.js");
    assertEquals(await waitElsewhere(wait, -1, unexpected), 0);
    assertEquals(waits, 2);
    // Node also warns of its FFI.
    const own = warnings.filter((warning) => warning.includes("no thread, on purpose"));
    assertEquals(own.length, 1);
    assertMatch(own[0]!, /every 10 ms/);
  } finally {
    host.process!.off!("warning", note);
    useThreadModule(before);
  }
});
