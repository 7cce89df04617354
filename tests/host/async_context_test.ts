/**
 * Values that follow async functions, with `AsyncLocalStorage` and without.
 *
 * @module
 */

import { assertEquals, assertThrows } from "@std/assert";
import { asyncContext } from "../../host/async_context.ts";

/** A context of a host without `AsyncLocalStorage`, as a browser is one. */
function browserContext<T>(): ReturnType<typeof asyncContext<T>> {
  return asyncContext<T>(null);
}

const kinds = { "with AsyncLocalStorage": asyncContext, "without": browserContext };

for (const [kind, create] of Object.entries(kinds)) {
  Deno.test(`asyncContext() ${kind} has no value outside of run()`, () => {
    assertEquals(create<string>().getStore(), undefined);
  });

  Deno.test(`asyncContext() ${kind} has the value inside of run(), and gives back its result`, () => {
    const context = create<string>();
    assertEquals(context.run("inner", () => `${context.getStore()} result`), "inner result");
    assertEquals(context.getStore(), undefined);
  });

  Deno.test(`asyncContext() ${kind} nests`, () => {
    const context = create<string>();
    const seen: unknown[] = [];
    context.run("outer", () => {
      context.run("inner", () => seen.push(context.getStore()));
      seen.push(context.getStore());
    });
    assertEquals(seen, ["inner", "outer"]);
  });

  Deno.test(`asyncContext() ${kind} restores the value when the body throws`, () => {
    const context = create<string>();
    context.run("outer", () => {
      assertThrows(() => context.run("inner", () => decodeURIComponent("%")), URIError);
      assertEquals(context.getStore(), "outer");
    });
    assertEquals(context.getStore(), undefined);
  });

  Deno.test(`asyncContext() ${kind} can be left by a value of undefined`, () => {
    const context = create<string | undefined>();
    const seen = context.run("outer", () => context.run(undefined, () => context.getStore()));
    assertEquals(seen, undefined);
  });

  Deno.test(`asyncContext() ${kind} keeps two slots apart`, () => {
    const [one, two] = [create<string>(), create<number>()];
    const seen = one.run("text", () => two.run(2, () => [one.getStore(), two.getStore()]));
    assertEquals(seen, ["text", 2]);
  });
}

Deno.test("asyncContext() with AsyncLocalStorage follows awaits", async () => {
  const context = asyncContext<number>();
  const body = async (value: number) => {
    const seen = [context.getStore()];
    await Promise.resolve();
    seen.push(context.getStore());
    await new Promise<void>((resolve) => setImmediate(resolve));
    seen.push(context.getStore());
    assertEquals(seen, [value, value, value]);
  };
  await Promise.all([1, 2, 3].map((value) => context.run(value, () => body(value))));
  assertEquals(context.getStore(), undefined);
});

Deno.test("asyncContext() without AsyncLocalStorage follows promises that have settled", async () => {
  const context = browserContext<number>();
  const body = async (value: number) => {
    const seen = [context.getStore()];
    for (let i = 0; i < 3; i++) {
      await Promise.resolve();
      seen.push(context.getStore());
    }
    assertEquals(seen, [value, value, value, value]);
  };
  await Promise.all([1, 2, 3].map((value) => context.run(value, () => body(value))));
});

Deno.test("asyncContext() without AsyncLocalStorage is lost where a host's event is awaited", async () => {
  const context = browserContext<number>();
  const seen = await context.run(1, async () => {
    const before = context.getStore();
    await new Promise<void>((resolve) => setImmediate(resolve));
    return [before, context.getStore()];
  });
  assertEquals(seen, [1, undefined]);
});

Deno.test("AsyncSlot.follow() gives a function that goes on its value, and no other one", async () => {
  const context = browserContext<string>();
  const waits = ["one", "two", "three"].map((name) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const inner = async () => {
      await promise;
      return context.getStore();
    };
    const outer = async () => {
      const first = await inner();
      const second = await { then: (done: (seen: unknown) => void) => done(context.getStore()) };
      assertEquals([first, second, context.getStore()], [name, name, name]);
    };
    return { name, resolve, done: outer() };
  });
  await new Promise<void>((resolve) => setImmediate(resolve));
  for (const { name, resolve } of waits) context.follow!(name, resolve);
  await Promise.all(waits.map(({ done }) => done));
  await new Promise<void>((resolve) => setImmediate(resolve));
  assertEquals(context.getStore(), undefined);
});
