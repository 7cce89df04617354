/**
 * Handles: objects of edo's own that travel between isolates as themselves, such as a socket or a
 * shared lock.
 *
 * A handle is not copied. What travels is what the other isolate needs to make its own object for
 * the same thing: a descriptor, an address in shared memory. Two ways are in use:
 *
 * - **It moves** (a socket). `onSent` makes the sender's object dead; `drop` closes the thing if
 *   nobody takes it.
 * - **It is shared** (a lock). `onSent` counts the reference that is on its way; `drop` gives it back.
 *   What lives as long as the process needs neither.
 *
 * H1 `[toWire]` changes nothing: the value may still turn out not to be sendable. `onSent` is called
 *    once, when it is on its way.
 * H2 Each reference that is on its way ends in one `decode` or one `drop`.
 * H3 A kind is known by its module and its name. Who receives one of a kind that it does not know
 *    loads the module first, which declares the kind at its top level.
 *
 * @module
 */

import type { ModuleMeta } from "./portable.ts";

/** What an object has that travels as a handle. */
export const toWire: unique symbol = Symbol.for("@edo/runtime/toWire") as typeof toWire;

/** An object that travels as itself. */
export interface WireHandle {
  /**
   * Answers what has to travel. H1: it changes nothing.
   *
   * @throws {TypeError} When the object cannot be sent now, because it was sent before.
   */
  [toWire](): WireForm;
}

/** What travels in place of a handle. */
export interface WireForm {
  /** What it is. */
  readonly kind: HandleKind;
  /** What `decode` gets, anything that can be sent. */
  readonly data: readonly unknown[];
  /** It is on its way: H1. It does not throw. */
  readonly onSent?: (() => void) | undefined;
}

/** What a kind of handles does where it arrives. */
export interface HandleBehavior<D extends readonly unknown[]> {
  /** Makes the object. What it throws, the receiver gets, and the handle is dropped. */
  decode(...data: D): object;
  /** Disposes of a handle that nobody has taken: H2. */
  drop?(...data: D): void;
}

/** A kind of handles, see {@linkcode registerHandle}. */
export interface HandleKind {
  /** Where every isolate finds it: the module's address, `#`, and the name. */
  readonly key: string;
  /** See {@linkcode HandleBehavior}. */
  readonly decode: (...data: never[]) => object;
  /** See {@linkcode HandleBehavior}. */
  readonly drop: ((...data: never[]) => void) | undefined;
}

const kinds = new Map<string, HandleKind>();

/**
 * Declares a kind of handles. Call it at the top level of the module of its class.
 *
 * @param module The `import.meta` of the module that calls.
 * @param name A name that is unique in the module.
 * @param behavior What it does where it arrives.
 * @throws {TypeError} When the module has declared another kind of this name.
 */
export function registerHandle<D extends readonly unknown[]>(
  module: ModuleMeta,
  name: string,
  behavior: HandleBehavior<D>,
): HandleKind {
  const key = `${module.url}#${name}`;
  if (kinds.has(key)) {
    throw new TypeError(`Cannot register handle "${name}": its module has registered another one`);
  }
  const { decode, drop } = behavior as unknown as HandleKind;
  const kind: HandleKind = { key, decode, drop };
  kinds.set(key, kind);
  return kind;
}

/** Finds a kind, if its module was loaded. */
export function handleKind(key: string): HandleKind | undefined {
  return kinds.get(key);
}

/** The module that declares a kind. */
export function moduleOf(key: string): string {
  return key.slice(0, key.lastIndexOf("#"));
}

/** Whether a value travels as a handle. */
export function isHandle(value: unknown): value is WireHandle {
  return (typeof value === "object" && value !== null || typeof value === "function") &&
    toWire in value;
}
