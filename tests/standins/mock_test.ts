/**
 * The spies and stubs of `@std/testing/mock`.
 *
 * @module
 */

import {
  assert,
  assertEquals,
  assertFalse,
  AssertionError,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import {
  assertSpyCall,
  assertSpyCallArg,
  assertSpyCallArgs,
  assertSpyCallAsync,
  assertSpyCalls,
  type ExpectedSpyCall,
  MockError,
  resolvesNext,
  returnsArg,
  returnsArgs,
  returnsNext,
  returnsThis,
  spy,
  stub,
} from "@std/testing/mock";

class Counter {
  count = 0;
  add(n: number): number {
    if (n < 0) throw new RangeError("Cannot add less than nothing");
    return this.count += n;
  }
}

Deno.test("spy() without a function remembers calls", () => {
  const called = spy();
  called();
  called(1, "a");
  assertEquals(called.calls.map(({ args }) => args), [[], [1, "a"]]);
  assertEquals(called.calls[0]!.returned, undefined);
});

Deno.test("spy() wraps a function, and remembers what it returns and throws", () => {
  const add = spy((a: number, b: number): number => {
    if (b === 0) throw new RangeError("Nothing to add");
    return a + b;
  });
  const sum: number = add(1, 2);
  assertEquals(sum, 3);
  assertThrows(() => add(1, 0), RangeError);
  assertEquals(add.calls[0]!.returned, 3);
  assert(add.calls[1]!.error instanceof RangeError);
  assertFalse("returned" in add.calls[1]!);
  assertThrows(() => add.restore(), MockError, "cannot be restored");
});

Deno.test("spy() wraps a method until it is restored", () => {
  const counter = new Counter();
  const original = counter.add;
  const add = spy(counter, "add");
  assertEquals(counter.add(2), 2);
  assertStrictEquals(add.calls[0]!.self, counter);
  assertStrictEquals(add.original, original);
  assertFalse(add.restored);
  add.restore();
  assert(add.restored);
  assertStrictEquals(counter.add, original);
  assertFalse(Object.hasOwn(counter, "add"));
  assertThrows(() => add.restore(), MockError, "already restored");
});

Deno.test("spy() and stub() end with the block that uses them", () => {
  const counter = new Counter();
  {
    using add = spy(counter, "add");
    counter.add(1);
    assertSpyCalls(add, 1);
  }
  {
    using _add = stub(counter, "add", () => 42);
    assertEquals(counter.add(1), 42);
  }
  assertEquals(counter.add(1), 2);
});

Deno.test("spy() wraps a class", () => {
  const Spied = spy(Counter);
  const counter = new Spied();
  assert(counter instanceof Counter);
  assertSpyCall(Spied, 0, { args: [], returned: counter });
  assertSpyCalls(Spied, 1);
  assertEquals(Spied.name, "Counter");
  assertThrows(() => Spied.restore(), MockError, "cannot be restored");
});

Deno.test("spy() and stub() refuse what they cannot wrap", () => {
  const counter = new Counter();
  assertThrows(() => spy(counter, "count"), MockError, "not an instance method");
  assertThrows(() => stub(counter, "count"), MockError, "not an instance method");
  using _add = spy(counter, "add");
  assertThrows(() => spy(counter, "add"), MockError, "already spying");
  assertThrows(() => stub(counter, "add"), MockError, "already spying");
  const frozen = Object.freeze({ run() {} });
  assertThrows(() => stub(frozen, "run"), MockError, "non-configurable");
});

Deno.test("stub() puts another function in the place of a method", () => {
  const counter = new Counter();
  const fake = (n: number) => -n;
  const add = stub(counter, "add", fake);
  assertEquals(counter.add(2), -2);
  assertSpyCall(add, 0, { args: [2], returned: -2, self: counter });
  assertStrictEquals(add.fake, fake);
  assertStrictEquals(add.original, Counter.prototype.add);
  add.restore();
  assertEquals(counter.add(2), 2);
});

Deno.test("stub() does nothing unless told otherwise, and restores own properties", () => {
  const run = () => 1;
  const object = { run };
  const stubbed = stub(object, "run");
  assertEquals(object.run() as unknown, undefined);
  stubbed.restore();
  assertStrictEquals(object.run, run);
});

Deno.test("assertSpyCalls() counts", () => {
  const called = spy();
  assertSpyCalls(called, 0);
  assertThrows(() => assertSpyCalls(called, 1), AssertionError, "not called as much as expected");
  called();
  assertSpyCalls(called, 1);
  assertThrows(() => assertSpyCalls(called, 0), AssertionError, "called more than expected");
});

Deno.test("assertSpyCall() compares what it is given", () => {
  const counter = new Counter();
  using add = spy(counter, "add");
  counter.add(2);
  assertThrows(() => counter.add(-1), RangeError);
  assertSpyCall(add, 0);
  assertSpyCall(add, 0, { args: [2], self: counter, returned: 2 });
  assertSpyCall(add, 1, { args: [-1], error: { Class: RangeError, msgIncludes: "Cannot add" } });
  const refuses = (
    index: number,
    expected: ExpectedSpyCall<Counter, [number], number>,
    words: string,
  ) => assertThrows(() => assertSpyCall(add, index, expected), AssertionError, words);
  refuses(2, {}, "not called as much as expected");
  refuses(0, { args: [3] }, "not called with expected args");
  refuses(0, { self: new Counter() }, "expected self");
  refuses(0, { returned: 3 }, "did not return expected value");
  refuses(1, { returned: 3 }, "an error was thrown");
  refuses(0, { error: { Class: RangeError } }, "did not throw an error");
  refuses(1, { error: { Class: TypeError } }, "TypeError");
  assertThrows(() => assertSpyCall(add, 0, { returned: 2, error: {} }), TypeError);
});

Deno.test("assertSpyCallAsync() waits for the promise of a call", async () => {
  const run = spy((n: number) => n > 0 ? Promise.resolve(n) : Promise.reject(new RangeError("n")));
  await run(1);
  await assertRejects(() => run(0));
  await assertSpyCallAsync(run, 0, { args: [1], returned: 1 });
  await assertSpyCallAsync(run, 0, { returned: Promise.resolve(1) });
  await assertSpyCallAsync(run, 1, { error: { Class: RangeError, msgIncludes: "n" } });
  await assertRejects(() => assertSpyCallAsync(run, 0, { returned: 2 }), AssertionError);
  await assertRejects(
    () => assertSpyCallAsync(run, 1, { returned: 2 }),
    AssertionError,
    "rejected",
  );
  const plain = spy((() => 1) as unknown as () => Promise<number>);
  plain();
  await assertRejects(() => assertSpyCallAsync(plain, 0), AssertionError, "a promise");
});

Deno.test("assertSpyCallArg() and assertSpyCallArgs() return what they compared", () => {
  const called = spy();
  called(1, { a: 2 }, 3);
  assertEquals(assertSpyCallArg(called, 0, 1, { a: 2 }), { a: 2 });
  assertEquals(assertSpyCallArgs(called, 0, [1, { a: 2 }, 3]), [1, { a: 2 }, 3]);
  assertEquals(assertSpyCallArgs(called, 0, 1, [{ a: 2 }, 3]), [{ a: 2 }, 3]);
  assertEquals(assertSpyCallArgs(called, 0, 1, 2, [{ a: 2 }]), [{ a: 2 }]);
  assertThrows(() => assertSpyCallArg(called, 0, 0, 2), AssertionError);
  assertThrows(() => assertSpyCallArgs(called, 1, []), AssertionError);
});

Deno.test("returnsNext() returns and throws one value after the other", () => {
  const next = returnsNext([1, new RangeError("Stop"), 2]);
  assertEquals(next(), 1);
  assertThrows(() => next(), RangeError, "Stop");
  assertEquals(next(), 2);
  assertThrows(() => next(), MockError, "Not expected to be called more than 3 time(s)");
});

Deno.test("resolvesNext() resolves to and rejects with one value after the other", async () => {
  const next = resolvesNext([1, new RangeError("Stop"), Promise.resolve(2)]);
  assertEquals(await next(), 1);
  await assertRejects(() => next(), RangeError, "Stop");
  assertEquals(await next(), 2);
  await assertRejects(() => next(), MockError, "more than 3 time(s)");
});

Deno.test("returnsThis(), returnsArg() and returnsArgs() return parts of the call", () => {
  const object = { own: returnsThis(), second: returnsArg(1), rest: returnsArgs(1, 3) };
  assertStrictEquals(object.own(), object);
  assertEquals(object.second("a", "b"), "b");
  assertEquals(object.rest(1, 2, 3, 4), [2, 3]);
});
