/**
 * The type assertions of `@std/testing/types`; most of this file passes by being compiled.
 *
 * @module
 */

import {
  type AssertFalse,
  type AssertTrue,
  assertType,
  type Has,
  type IsAny,
  type IsExact,
  type IsNever,
  type IsNullable,
  type IsUnknown,
  type NotHas,
} from "@std/testing/types";

// deno-lint-ignore no-explicit-any
type Anything = any;

Deno.test("assertType() does nothing when the program runs", () => {
  assertType<true>(true);
  // @ts-expect-error the type does not say so
  assertType<false>(true);
});

Deno.test("IsExact tells types apart", () => {
  assertType<IsExact<string, string>>(true);
  assertType<IsExact<string | number, number | string>>(true);
  assertType<IsExact<{ a: { b: 1 } }, { a: { b: 1 } }>>(true);
  assertType<IsExact<(a: number) => string, (a: number) => string>>(true);
  assertType<IsExact<Promise<number>, Promise<number>>>(true);
  assertType<IsExact<never, never>>(true);
  assertType<IsExact<unknown, unknown>>(true);
  assertType<IsExact<Anything, Anything>>(true);
  assertType<IsExact<string, "a">>(false);
  assertType<IsExact<string | undefined, string>>(false);
  assertType<IsExact<{ a: 1 }, { a: 1; b?: 2 }>>(false);
  assertType<IsExact<Promise<number>, Promise<string>>>(false);
  assertType<IsExact<Anything, string>>(false);
  assertType<IsExact<never, string>>(false);
  assertType<IsExact<unknown, string>>(false);
});

Deno.test("Has and NotHas look for a member", () => {
  assertType<Has<string | number, string>>(true);
  assertType<Has<Anything, string>>(true);
  assertType<Has<string, number>>(false);
  assertType<Has<string, Anything>>(false);
  assertType<NotHas<string, number>>(true);
  assertType<NotHas<string | number, number>>(false);
});

Deno.test("IsNullable, IsNever, IsUnknown and IsAny recognise their types", () => {
  assertType<IsNullable<string | null>>(true);
  assertType<IsNullable<string | undefined>>(true);
  assertType<IsNullable<string>>(false);
  assertType<IsNever<never>>(true);
  assertType<IsNever<unknown>>(false);
  assertType<IsUnknown<unknown>>(true);
  assertType<IsUnknown<string>>(false);
  assertType<IsUnknown<never>>(false);
  assertType<IsAny<Anything>>(true);
  assertType<IsAny<unknown>>(false);
  assertType<IsAny<never>>(false);
});

Deno.test("AssertTrue and AssertFalse only compile for their truth value", () => {
  type _Yes = AssertTrue<IsNever<never>>;
  type _No = AssertFalse<IsNever<1>>;
  // @ts-expect-error the condition is false
  type _Wrong = AssertTrue<IsNever<1>>;
});
