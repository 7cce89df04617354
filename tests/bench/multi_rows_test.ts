import { assert, assertEquals, assertThrows } from "@std/assert";
import { checkOutcome, type Row, ROWS } from "../../bench/multi_rows.ts";
import {
  buffersOf,
  CHUNK_BYTES,
  hash,
  mergeHalf,
  sha256,
  sortPart,
  sumOfChunks,
  Tally,
  unsorted,
} from "../../bench/peers/js_pools/functions.mjs";
import { boundaries, quantile } from "../../bench/peers/js_pools/rows.mjs";

function row(name: string): Row {
  const found = ROWS.find((row) => row.name === name);
  assert(found, `There is no row ${name}`);
  return found;
}

async function digest(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

function hex(words: Int32Array): string {
  return [...words].map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
}

Deno.test("sha256() gives what the host's SHA-256 gives", async () => {
  for (const length of [0, 1, 55, 56, 63, 64, 65, 119, 120, 256, 1000]) {
    const bytes = Uint8Array.from({ length }, (_, i) => i * 7 + length);
    assertEquals(hex(sha256(bytes)), await digest(bytes), `${length} bytes`);
  }
});

Deno.test("hash() of some buffers is the sum of the parts", () => {
  assertEquals(hash(0, 30), hash(0, 10) + hash(10, 20));
  assert(hash(0, 10) !== hash(10, 10));
});

Deno.test("mergeHalf() gives the lower half from the front, the upper one from the back", () => {
  for (const [begin, middle, end] of [[0, 5, 9], [2, 2, 7], [3, 8, 8], [0, 500, 1001]] as const) {
    const source = new SharedArrayBuffer(4 * end);
    const target = new SharedArrayBuffer(4 * end);
    const numbers = new Uint32Array(source);
    for (let i = 0; i < end; i++) numbers[i] = unsorted(i) % 100;
    sortPart(source, begin, middle);
    sortPart(source, middle, end);
    const wanted = numbers.slice(begin, end).sort();
    const lower = mergeHalf(source, target, begin, middle, end, false);
    const upper = mergeHalf(source, target, begin, middle, end, true);
    assertEquals(lower + upper, end - begin);
    assertEquals(new Uint32Array(target).slice(begin, end), wanted);
  }
});

Deno.test("boundaries() cut into parts that miss nothing", () => {
  assertEquals(boundaries(10, 4), [0, 2, 5, 7, 10]);
  assertEquals(boundaries(2, 1), [0, 2]);
});

Deno.test("buffersOf() makes long tasks of those that one worker gets when they take turns", () => {
  assertEquals([0, 1, 2, 3].map((i) => buffersOf(i, 2) > buffersOf(1, 2)), [
    true,
    false,
    true,
    false,
  ]);
});

Deno.test("Tally adds up the same however the bytes are cut", () => {
  const bytes = Uint8Array.from({ length: 3 * CHUNK_BYTES }, (_, i) => i / CHUNK_BYTES);
  for (const most of [1, 1000, 1024, CHUNK_BYTES, 3 * CHUNK_BYTES]) {
    const tally = new Tally();
    for (let at = 0; at < bytes.length; at += most) {
      const part = bytes.subarray(at, at + most);
      tally.add(part, part.length);
    }
    assertEquals(tally.result(3), sumOfChunks(3), `${most} at once`);
    assertEquals(tally.result(4), -1);
  }
});

Deno.test("quantile() of the programs answers with one of the values", () => {
  assertEquals(quantile([3, 1, 2], 0.5), 2);
  assertEquals(quantile([3, 1, 2], 0.99), 3);
  assertEquals(quantile([7], 0.5), 7);
});

Deno.test("ROWS of multi have names of their own, and figures that prove the work", () => {
  assertEquals(new Set(ROWS.map(({ name }) => name)).size, ROWS.length);
  for (const { name, result } of ROWS) assert(Number.isSafeInteger(result(16, 2)), name);
});

Deno.test("checkOutcome() of multi refuses tasks that were lost", () => {
  const values = { ns: 1 };
  checkOutcome(row("spawn/one"), { operations: 10_000, result: 49_995_000, values }, 2);
  assertThrows(
    () => checkOutcome(row("spawn/one"), { operations: 10_000, result: 49_995_001, values }, 2),
    Error,
    "Cannot believe the figures: 10000 operations ended with 49995001, not with 49995000",
  );
  assertThrows(() => checkOutcome(row("spawn/one"), { operations: 10, result: 45, values }, 2));
});

for (const program of ["edo_multi/await.ts", "edo_multi/yield.ts", "js_pools/bare.mjs"]) {
  Deno.test(`bench/peers/${program} has only rows that there are`, async () => {
    const script = new URL(`../../bench/peers/${program}`, import.meta.url).pathname;
    const args = ["run", "-A", "--no-check", script, "--list"];
    const { stdout } = await new Deno.Command(Deno.execPath(), { args }).output();
    const names: string[] = JSON.parse(new TextDecoder().decode(stdout));
    const known = ROWS.map(({ name }) => name);
    assert(names.length >= 8);
    assertEquals(names.filter((name) => !known.includes(name)), []);
  });
}
