import { assert, assertEquals, assertThrows } from "@std/assert";
import { checkOutcome, PARTS, type Row, ROWS } from "../../bench/primitive_rows.ts";
import { isOdd, stretch, sumOf, upTo } from "../../bench/peers/js/work.mjs";

function row(name: string): Row {
  const found = ROWS.find((row) => row.name === name);
  assert(found, `There is no row ${name}`);
  return found;
}

/** 0 + 1 + … + (n - 1), the long way. */
function sumBelow(n: number): number {
  return sumOf([...upTo(n)]);
}

Deno.test("ROWS have names of their own, and a tenth of a batch is a batch too", () => {
  assertEquals(new Set(ROWS.map(({ name }) => name)).size, ROWS.length);
  for (const { name, operations, result } of ROWS) {
    assert(Number.isInteger(operations / 10), name);
    assert(Number.isSafeInteger(result(operations)), name);
    assert(result(operations / 10) < result(operations), name);
  }
});

Deno.test("ROWS know what a batch of mpsc ends with: every sender sends 0, 1, 2 …", () => {
  assertEquals(row("mpsc/1-100").result(1000), sumBelow(1000));
  assertEquals(row("mpsc/5-inf-many").result(1000), 5 * sumBelow(200));
});

Deno.test("ROWS know what a batch of broadcast and watch ends with: every receiver adds up 1, 2, 3 …", () => {
  assertEquals(row("channels/broadcast-10").result(1000), 10 * sumBelow(101));
  assertEquals(row("channels/watch-100").result(2000), 100 * sumBelow(21));
});

Deno.test("ROWS know what a batch of streams ends with", () => {
  const expected = [...upTo(1000)].map(stretch).filter(isOdd);
  assertEquals(row("tasks/stream").result(1000), sumOf(expected));
});

Deno.test("ROWS know what a batch of joins ends with: ten branches, each with its number", () => {
  assertEquals(row("tasks/join").result(7), 7 * sumBelow(10));
});

Deno.test("PARTS have every row once", () => {
  const parts = Object.values(PARTS).flat();
  const groups = ROWS.map(({ name }) => name.split("/")[0]!);
  assertEquals(parts.toSorted(), [...new Set(groups)].toSorted());
});

Deno.test("checkOutcome() takes the figures of work that was done", () => {
  const done = { ns: 40, "cpu_ns": 40, batches: 3, operations: 2000, result: 2000 };
  checkOutcome(row("locks/mutex"), done);
});

Deno.test("checkOutcome() refuses the figures of work that was not done", () => {
  const done = { ns: 40, "cpu_ns": 40, batches: 3, operations: 2000, result: 1999 };
  assertThrows(
    () => checkOutcome(row("locks/mutex"), done),
    Error,
    "Cannot believe the figures: 2000 operations ended with 1999, not with 2000",
  );
  assertThrows(() => checkOutcome(row("locks/mutex"), { ...done, result: 0, operations: 0 }));
});

for (const program of ["edo/yield.ts", "edo/await.ts", "js/js.mjs"]) {
  Deno.test(`bench/peers/${program} has only rows that there are`, async () => {
    const script = new URL(`../../bench/peers/${program}`, import.meta.url).pathname;
    const args = ["run", "--no-check", script, "--list"];
    const { stdout } = await new Deno.Command(Deno.execPath(), { args }).output();
    const names: string[] = JSON.parse(new TextDecoder().decode(stdout));
    assert(names.length > 10);
    const known = ROWS.map(({ name }) => name);
    assertEquals(names.filter((name) => !known.includes(name)), []);
  });
}
