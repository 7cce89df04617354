/**
 * `branch`, `when` and `else`: conditions, patterns and handlers of `select`.
 *
 * @module
 */

import { assert, assertEquals, assertFalse, assertRejects, assertThrows } from "@std/assert";
import { borrow } from "../../future/borrow.ts";
import { branch, when } from "../../future/branch.ts";
import type { Future } from "../../future/future.ts";
import { future } from "../../future/generator.ts";
import { Pending } from "../../future/poll.ts";
import { pollFn } from "../../future/poll_fn.ts";
import { pending, ready } from "../../future/ready.ts";
import { select } from "../../future/select.ts";
import { yieldNow } from "../../task/yield_now.ts";
import { sleep } from "../../time/sleep.ts";
import { test } from "../helpers/leak_guard.ts";
import { assertPending, assertReady, pollOnce, Wakes } from "../helpers/wakes.ts";
import { failing, gate, noting } from "./_gate.ts";

const biased = { biased: true } as const;

/** A future of `value`, of which the type knows less than the test. */
function maybe<T>(value: T | undefined): Future<T | undefined> {
  return ready(value);
}

function isThere<T>(value: T | undefined): value is T {
  return value !== undefined;
}

test("branch() with a condition that is false is never polled, and dropped with the losers", () => {
  const log: string[] = [];
  const opened = gate<string>();
  const first = select({
    never: branch(noting(log, "never"), { if: false }),
    opened: branch(opened.future, { if: true }),
  });
  const wakes = new Wakes();
  assertPending(first, wakes);
  opened.open("open");
  assert(wakes.isWoken());
  assertEquals(assertReady(first, wakes), { branch: "opened", value: "open" });
  assertEquals(log, ["never dropped"]);
});

test("branch() with a condition that is false is dropped with a select that was never polled", () => {
  const log: string[] = [];
  const first = select({
    never: branch(noting(log, "never"), { if: false }),
    other: noting(log, "other"),
    late: when(true, () => noting(log, "late")),
  });
  first[Symbol.dispose]();
  assertEquals(log, ["other dropped", "never dropped"]);
});

test("branch() takes a sleep and a condition", async () => {
  const won = await select({ nap: branch(sleep(10), { if: false }), now: ready(1) });
  assertEquals(won, { branch: "now", value: 1 });
  const inOrder = await select({ nap: branch(sleep(10), { if: false }), now: ready(1) }, biased);
  assertEquals(inOrder, { branch: "now", value: 1 });
});

test("branch() whose value does not match is disabled, and the others go on", () => {
  const opened = gate<number>();
  let polls = 0;
  const refuted = pollFn(() => {
    polls += 1;
    return undefined as string | undefined;
  });
  const first = select({
    refuted: branch(refuted, { match: isThere }),
    opened: opened.future,
  });
  assertPending(first);
  assertPending(first);
  assertEquals(polls, 1);
  opened.open(1);
  assertEquals(assertReady(first), { branch: "opened", value: 1 });
});

test("branch() that is refuted lets the poll go on with the next one", () => {
  const won = assertReady(select([
    branch(maybe<string>(undefined), { match: isThere }),
    branch(maybe("there"), { match: isThere }),
  ], biased));
  assertEquals(won, { index: 1, value: "there" });
});

test("branch() whose pattern throws fails the select, and drops the others", () => {
  const log: string[] = [];
  const match = (): boolean => {
    throw new RangeError("own");
  };
  const first = select([branch(ready(1), { match }), noting(log, "other")], biased);
  assertThrows(() => pollOnce(first), RangeError, "own");
  assertEquals(log, ["other dropped"]);
});

test("branch() has its handler called after the losers were dropped", () => {
  const log: string[] = [];
  const won = assertReady(select({
    loser: noting(log, "loser"),
    winner: branch(ready(1), {
      handle(value) {
        log.push("handler");
        return value + 1;
      },
    }),
    disabled: branch(noting(log, "disabled"), { if: false }),
  }, biased));
  assertEquals(won, { branch: "winner", value: 2 });
  assertEquals(log, ["loser polled", "loser dropped", "disabled dropped", "handler"]);
});

test("branch() has its handler called for its own value only", () => {
  const never = (): never => {
    throw new Error("The handler of a loser was called");
  };
  const won = assertReady(select({
    never: branch(pending(), { handle: never }),
    refuted: branch(maybe<string>(undefined), { match: isThere, handle: never }),
    now: branch(maybe("now"), {
      match: (text) => text !== undefined,
      handle: (text) => text.length,
    }),
  }, biased));
  assertEquals(won, { branch: "now", value: 3 });
});

test("branch() waits for what its handler answers with: a future, a promise, a generator", async () => {
  const opened = gate<string>();
  const wakes = new Wakes();
  const first = select({ a: branch(ready(1), { handle: () => opened.future }) });
  assertPending(first, wakes);
  opened.open("open");
  assert(wakes.isWoken());
  assertEquals(assertReady(first, wakes), { branch: "a", value: "open" });
  const second = await select({
    a: branch(ready(1), {
      async handle(value) {
        await sleep(value);
        return "async";
      },
    }),
  });
  assertEquals(second.value, "async");
  const third = await select({
    a: branch(ready(1), {
      *handle(value) {
        yield* sleep(value);
        return "generator";
      },
    }),
  });
  assertEquals(third.value, "generator");
});

test("branch() whose handler waits drops what it waits for when the select is dropped", () => {
  const log: string[] = [];
  const first = select({ a: branch(ready(1), { handle: () => noting(log, "handled") }) });
  assertPending(first);
  first[Symbol.dispose]();
  first[Symbol.dispose]();
  assertEquals(log, ["handled polled", "handled dropped"]);
  assertThrows(() => pollOnce(first), TypeError, "Cannot poll a future again");
});

test("branch() whose handler throws, or waits for a failure, fails the select", async () => {
  const log: string[] = [];
  const handle = (): void => {
    log.push("handler");
    throw new RangeError("own");
  };
  const first = select([noting(log, "other"), branch(ready(1), { handle })], biased);
  assertThrows(() => pollOnce(first), RangeError, "own");
  assertEquals(log, ["other polled", "other dropped", "handler"]);
  await assertRejects(
    async () => await select([branch(ready(1), { handle: () => failing(new RangeError("its")) })]),
    RangeError,
    "its",
  );
});

test("branch() whose handler drops the select has its plain value, and waits for nothing", () => {
  const log: string[] = [];
  const plain = select([
    branch(ready(1), {
      handle(value) {
        plain[Symbol.dispose]();
        return value;
      },
    }),
    noting(log, "other"),
  ]);
  assertEquals(assertReady(plain), { index: 0, value: 1 });
  const waiting: Future<unknown> = select([branch(ready(1), {
    handle() {
      waiting[Symbol.dispose]();
      return noting(log, "handled");
    },
  })]);
  assertThrows(() => pollOnce(waiting), TypeError, "Cannot poll a future again");
  assertEquals(log.at(-1), "handled dropped");
});

test("branch() whose handler's future drops the select is dropped after its poll", () => {
  const log: string[] = [];
  const first: Future<unknown> = select([branch(ready(1), {
    handle: () =>
      pollFn(() => {
        first[Symbol.dispose]();
        log.push("polled");
        return Pending;
      }, () => log.push("dropped")),
  })]);
  assertThrows(() => pollOnce(first), TypeError, "Cannot poll a future again");
  assertEquals(log, ["polled", "dropped"]);
});

test("branch() may have a select for its handler", () => {
  const first = select({
    x: branch(ready(1), {
      handle: (x) => select({ y: branch(ready(2), { handle: (y) => x + y }) }),
    }),
  });
  assertEquals(assertReady(first), { branch: "x", value: { branch: "y", value: 3 } });
});

test("when() makes no future whose condition is false, and the others in the first poll", () => {
  const log: string[] = [];
  const make = (name: string) => () => {
    log.push(`${name} made`);
    return noting(log, name);
  };
  const first = select([when(false, make("a")), when(true, make("b")), noting(log, "c")], biased);
  assertEquals(log, []);
  assertPending(first);
  assertEquals(log, ["b made", "b polled", "c polled"]);
  assertPending(first);
  assertEquals(log.length, 5);
  first[Symbol.dispose]();
  assertEquals(log.slice(5), ["b dropped", "c dropped"]);
});

test("when() that cannot make its future fails the select, and drops the others", () => {
  const log: string[] = [];
  const make = (): Promise<void> => {
    throw new RangeError("own");
  };
  const first = select([noting(log, "a"), when(true, make)]);
  assertThrows(() => pollOnce(first), RangeError, "own");
  assertEquals(log, ["a dropped"]);
  const wrong = select([noting(log, "b"), when(true, () => 1 as never)]);
  assertThrows(() => pollOnce(wrong), TypeError, "found number");
  assertEquals(log, ["a dropped", "b dropped"]);
});

test("when() that drops the select by making its future ends it, and drops that future too", () => {
  const log: string[] = [];
  const first: Future<unknown> = select([
    noting(log, "a"),
    when(true, () => {
      first[Symbol.dispose]();
      return noting(log, "made");
    }),
  ]);
  assertThrows(() => pollOnce(first), TypeError, "Cannot poll a future again");
  assertEquals(log, ["a dropped", "made dropped"]);
});

test("branch() and when() throw a TypeError at the call for what makes no future", () => {
  assertThrows(() => branch(1 as never), TypeError, "found number");
  assertThrows(() => when(true, ready(1) as never), TypeError, "found object");
});

test("select() with all branches disabled throws a RangeError when there is no else", () => {
  const log: string[] = [];
  const closed = select({ a: branch(noting(log, "a"), { if: false }) });
  assertThrows(() => pollOnce(closed), RangeError, "all branches are disabled");
  assertEquals(log, ["a dropped"]);
  const refuted = select([branch(ready(1), { match: () => false })]);
  assertThrows(() => pollOnce(refuted), RangeError, "all branches are disabled");
});

test("select() with else answers with it when all branches are disabled", () => {
  const log: string[] = [];
  const closed = select({
    a: branch(noting(log, "a"), { if: false }),
    b: branch(maybe<number>(undefined), { match: isThere }),
  }, {
    else() {
      log.push("else");
      return 7;
    },
  });
  assertEquals(assertReady(closed), { branch: "else", value: 7 });
  assertEquals(log, ["a dropped", "else"]);
  assertThrows(() => pollOnce(closed), TypeError, "Cannot poll a future again");
});

test("select() with else may have no branch at all, and undefined for its answer", () => {
  assertEquals(assertReady(select({}, { else: 1 })), { branch: "else", value: 1 });
  assertEquals(assertReady(select({}, { else: () => 1, biased: true })).value, 1);
  assertEquals(assertReady(select([], { else: undefined })), { index: -1, value: undefined });
});

test("select() with else waits for what its handler answers with", async () => {
  const won = await select({ a: when(false, () => ready(1)) }, {
    *else() {
      yield* sleep(1);
      return "slept";
    },
  });
  assertEquals(won, { branch: "else", value: "slept" });
});

test("select() with else does not call it while a branch waits, nor when one has won", () => {
  const never = (): never => {
    throw new Error("else was called");
  };
  using waiting = select({ a: when(false, () => ready(1)), b: pending() }, { else: never });
  assertPending(waiting);
  assertEquals(assertReady(select([ready(1)], { else: never })), { index: 0, value: 1 });
});

test('select() with else throws a RangeError at the call for a branch of the name "else"', () => {
  assertThrows(() => select({ else: ready(1) }, { else: 1 }), RangeError, 'branch "else"');
  assertEquals(assertReady(select({ else: ready(1) })), { branch: "else", value: 1 });
});

test("select() in a loop takes from two sources until both have ended", async () => {
  const source = (items: number[]) => () =>
    future(function* () {
      yield* yieldNow();
      return items.shift();
    });
  const [odd, even] = [source([1, 3, 5]), source([2, 4])];
  const got: number[] = [];
  const push = (value: number) => void got.push(value);
  for (let goesOn = true; goesOn;) {
    const { branch: name } = await select({
      odd: branch(odd(), { match: (item) => item !== undefined, handle: push }),
      even: branch(even(), { match: (item) => item !== undefined, handle: push }),
    }, { else: undefined });
    goesOn = name !== "else";
  }
  assertEquals(got.toSorted(), [1, 2, 3, 4, 5]);
});

test("select() in a loop with conditions waits for two borrowed futures, each once", () => {
  const [a, b] = [gate<number>(), gate<number>()];
  const wakes = new Wakes();
  const both = future(function* () {
    let first: number | undefined;
    let second: number | undefined;
    while (first === undefined || second === undefined) {
      yield* select({
        first: branch(borrow(a.future), {
          if: first === undefined,
          handle: (value) => first = value,
        }),
        second: branch(borrow(b.future), {
          if: second === undefined,
          handle: (value) => second = value,
        }),
      });
    }
    return [first, second];
  });
  assertPending(both, wakes);
  a.open(123);
  assert(wakes.isWoken());
  assertPending(both, wakes);
  assertFalse(wakes.isWoken());
  b.open(456);
  assert(wakes.isWoken());
  assertEquals(assertReady(both, wakes), [123, 456]);
});

test("select() biased in a loop with conditions takes each of its futures, then else", async () => {
  const [one, two, three] = [ready(1), yieldNow(), yieldNow()];
  const order: string[] = [];
  for (let goesOn = true; goesOn;) {
    const count = order.length;
    const { branch: name } = await select({
      two: branch(borrow(two), { if: !order.includes("two") }),
      three: branch(borrow(three), { if: !order.includes("three") }),
      one: branch(borrow(one), { if: !order.includes("one") }),
    }, { biased: true, else: undefined });
    if (name === "else") goesOn = false;
    else order.push(name);
    assert(order.length > count || !goesOn);
  }
  assertEquals(order, ["one", "two", "three"]);
});
