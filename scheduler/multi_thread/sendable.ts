/**
 * What the type checker lets travel between isolates.
 *
 * @module
 */

import type { Future } from "../../future/future.ts";
import type { Source } from "../../future/source.ts";
import type { WireHandle } from "./handle.ts";

/** Stands where something cannot be sent, and says why; nothing is of this type. */
export interface CannotSend<Why extends string> {
  /** Why. */
  readonly "cannot be sent to another isolate": Why;
}

/** What arrives as it is. */
export type SendablePrimitive = string | number | bigint | boolean | null | undefined | void;

/** What arrives as it was, or as a copy of the same class. */
export type SendableObject =
  | WireHandle
  | Date
  | RegExp
  | ArrayBuffer
  | SharedArrayBuffer
  | ArrayBufferView
  | Error
  // deno-lint-ignore ban-types -- the boxed ones are meant
  | Number
  // deno-lint-ignore ban-types -- as above
  | String
  // deno-lint-ignore ban-types -- as above
  | Boolean
  // deno-lint-ignore ban-types -- as above
  | BigInt;

/**
 * `T` where it can be sent; where it cannot, {@linkcode CannotSend} in its place, so that the error
 * of the type checker says why.
 *
 * Refused are functions, symbols, promises, futures, sources, generators and iterators, weak
 * collections, and what has one of these in it.
 *
 * An instance of a class travels as data, its prototype is lost. So it is accepted if it has nothing
 * but data; a class with methods is refused, because the methods would not arrive. The language has
 * no type for a getter or a private field: these are not noticed, and a getter's value arrives only
 * if the getter is the object's own.
 *
 * `any` and `unknown` are accepted: what is in them is seen when it is sent.
 */
export type Sendable<T> = 0 extends 1 & T ? T
  : unknown extends T ? T
  : T extends SendablePrimitive | SendableObject ? T
  : T extends symbol ? CannotSend<"a symbol">
  // deno-lint-ignore no-explicit-any -- any function
  : T extends (...args: any[]) => unknown ? CannotSend<"a function; declare it with task()">
  // deno-lint-ignore no-explicit-any -- any class
  : T extends abstract new (...args: any[]) => unknown ? CannotSend<"a class">
  : T extends Future<unknown> ? CannotSend<"a future; spawn what makes it">
  : T extends Source<unknown> ? CannotSend<"a source; send a channel instead">
  : T extends PromiseLike<unknown> ? CannotSend<"a promise; await it first">
  : T extends WeakMap<WeakKey, unknown> | WeakSet<WeakKey> ? CannotSend<"a weak collection">
  : T extends WeakRef<WeakKey> ? CannotSend<"a weak reference">
  : T extends Iterator<unknown> | AsyncIterator<unknown>
    ? CannotSend<"a generator or an iterator; collect its values first">
  : T extends Map<infer K, infer V> ? Map<Sendable<K>, Sendable<V>>
  : T extends Set<infer M> ? Set<Sendable<M>>
  : T extends ReadonlyMap<infer K, infer V> ? ReadonlyMap<Sendable<K>, Sendable<V>>
  : T extends ReadonlySet<infer M> ? ReadonlySet<Sendable<M>>
  : { [K in keyof T]: Sendable<T[K]> };

/** A list of arguments, each as {@linkcode Sendable} has it. */
export type SendableArguments<A extends readonly unknown[]> = { [I in keyof A]: Sendable<A[I]> };
