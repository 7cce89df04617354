/**
 * Assertions on the calls of a spy.
 *
 * @module
 */

// deno-lint-ignore-file no-explicit-any

import { assertEquals, AssertionError, assertIsError, assertRejects } from "@std/assert";
import type { SpyCall, SpyLike } from "./_spy.ts";

/** What is expected of a call; what is left out may be anything. */
export interface ExpectedSpyCall<Self = any, Args extends unknown[] = any[], Return = any> {
  /** What was passed. */
  args?: [...Args, ...unknown[]];
  /** What it was called on. */
  self?: Self;
  /** What came back; for an asynchronous call, what it resolved to. */
  returned?: Return;
  /** What was thrown. */
  error?: {
    /** Its class. */
    Class?: new (...args: any[]) => Error;
    /** A part of its message. */
    msgIncludes?: string;
  };
}

/** Requires a number of calls. */
export function assertSpyCalls<Self, Args extends unknown[], Return>(
  spy: SpyLike<Self, Args, Return>,
  expectedCalls: number,
): void {
  const count = spy.calls.length;
  if (count === expectedCalls) return;
  throw new AssertionError(
    count < expectedCalls
      ? `Spy not called as much as expected: ${count} of ${expectedCalls} calls`
      : `Spy called more than expected: ${count} instead of ${expectedCalls} calls`,
  );
}

/** Requires that one call went as expected. */
export function assertSpyCall<Self, Args extends unknown[], Return>(
  spy: SpyLike<Self, Args, Return>,
  callIndex: number,
  expected: ExpectedSpyCall<Self, Args, Return> = {},
): void {
  const call = callOf(spy, callIndex);
  requireOneOutcome(expected);
  if (expected.args) requireSame(call.args, expected.args, "Spy not called with expected args");
  if ("self" in expected) {
    const message = expected.self
      ? "Spy not called as method on expected self"
      : "Spy not expected to be called as method on object";
    requireSame(call.self, expected.self, message);
  }
  if ("returned" in expected) {
    if (call.error) {
      throw new AssertionError("Spy call did not return expected value, an error was thrown");
    }
    requireSame(call.returned, expected.returned, "Spy call did not return expected value");
  }
  if ("error" in expected) {
    if ("returned" in call) {
      throw new AssertionError("Spy call did not throw an error, a value was returned");
    }
    assertIsError(call.error, expected.error?.Class, expected.error?.msgIncludes);
  }
}

/** Requires that one call returned a promise, and that this ended as expected. */
export async function assertSpyCallAsync<Self, Args extends unknown[], Return>(
  spy: SpyLike<Self, Args, Promise<Return>>,
  callIndex: number,
  expected: ExpectedSpyCall<Self, Args, Promise<Return> | Return> = {},
): Promise<void> {
  const { returned, error, ...other } = expected;
  requireOneOutcome(expected);
  assertSpyCall<any, any, any>(spy, callIndex, other as ExpectedSpyCall);
  const call = callOf(spy, callIndex);
  if (!(call.returned instanceof Promise)) {
    const instead = call.error ? "an error was thrown" : "a value was returned";
    throw new AssertionError(`Spy call did not return a promise, ${instead}`);
  }
  if ("returned" in expected) {
    const actual = await call.returned.catch(() => {
      throw new AssertionError("Spy call returned promise was rejected");
    });
    requireSame(actual, await returned, "Spy call did not resolve to expected value");
  }
  if ("error" in expected) {
    await assertRejects(() => call.returned, error?.Class ?? Error, error?.msgIncludes ?? "");
  }
}

/** Requires one argument of one call, and returns it. */
export function assertSpyCallArg<Self, Args extends unknown[], Return, ExpectedArg>(
  spy: SpyLike<Self, Args, Return>,
  callIndex: number,
  argIndex: number,
  expected: ExpectedArg,
): ExpectedArg {
  const arg = callOf(spy, callIndex).args[argIndex];
  assertEquals(arg, expected);
  return arg;
}

/** Requires the arguments of one call, and returns them. */
export function assertSpyCallArgs<
  Self,
  Args extends unknown[],
  Return,
  ExpectedArgs extends unknown[],
>(
  spy: SpyLike<Self, Args, Return>,
  callIndex: number,
  expected: ExpectedArgs,
): ExpectedArgs;
/** Requires the arguments of one call from a position on, and returns them. */
export function assertSpyCallArgs<
  Self,
  Args extends unknown[],
  Return,
  ExpectedArgs extends unknown[],
>(
  spy: SpyLike<Self, Args, Return>,
  callIndex: number,
  argsStart: number,
  expected: ExpectedArgs,
): ExpectedArgs;
/** Requires the arguments of one call between two positions, and returns them. */
export function assertSpyCallArgs<
  Self,
  Args extends unknown[],
  Return,
  ExpectedArgs extends unknown[],
>(
  spy: SpyLike<Self, Args, Return>,
  callIndex: number,
  argsStart: number,
  argsEnd: number,
  expected: ExpectedArgs,
): ExpectedArgs;
export function assertSpyCallArgs(spy: SpyLike, callIndex: number, ...rest: any[]): any {
  const expected = rest.pop();
  const args = callOf(spy, callIndex).args.slice(...rest);
  assertEquals(args, expected);
  return args;
}

function callOf(spy: SpyLike<any, any, any>, index: number): SpyCall {
  const call = spy.calls[index];
  if (!call) throw new AssertionError("Spy not called as much as expected");
  return call;
}

function requireOneOutcome(expected: object): void {
  if ("returned" in expected && "error" in expected) {
    throw new TypeError("Do not expect error and return, only one should be expected");
  }
}

/** The difference under a heading of its own. */
function requireSame(actual: unknown, expected: unknown, heading: string): void {
  try {
    assertEquals(actual, expected);
  } catch (error) {
    assertIsError(error);
    throw new AssertionError(`${heading}:\n${error.message.split("\n").slice(1).join("\n")}`);
  }
}
