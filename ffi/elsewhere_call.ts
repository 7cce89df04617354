/**
 * A call that another thread makes, from the side of that thread.
 *
 * @module
 */

import type { Functions } from "./adapters/adapter.ts";
import { adapter } from "./adapters/find.ts";
import type { NativeSymbol } from "./native.ts";

/** A call, as it is sent to the thread: pointers as addresses. */
export interface Call {
  readonly kind: "call";
  /** The library, as it was opened there. */
  readonly path: string;
  /** The name of the function. */
  readonly name: string;
  /** How it is declared. */
  readonly symbol: NativeSymbol;
  /** Its arguments. */
  readonly args: readonly unknown[];
}

/** What the thread answers. */
export type Answer = { readonly result: unknown } | { readonly failure: string };

const functions = new Map<string, Functions[string]>();

/** Makes the call, on this thread. */
export function makeCall({ path, name, symbol, args }: Call): Answer {
  try {
    const native = adapter();
    let call = functions.get(name);
    if (call === undefined) {
      call = native.open(path, { [name]: symbol })[name]!;
      functions.set(name, call);
    }
    const own = args.map((argument, i) =>
      symbol.parameters[i] === "pointer" ? native.pointer(argument as bigint) : argument
    );
    return { result: call(...own) };
  } catch (error) {
    return { failure: (error as Error).message };
  }
}
