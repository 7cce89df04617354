/**
 * Calls on another thread, for hosts whose FFI has none: a thread of edo's makes the call and sends
 * its result. There are as many threads as calls were under way at once; they wait for the next.
 *
 * @module
 */

import { moduleBeside } from "../host/module_url.ts";
import { startThread, type Thread } from "../host/thread.ts";
import type { Pointer } from "../host/global.ts";
import { adapter } from "./adapters/find.ts";
import type { Answer, Call } from "./elsewhere_call.ts";
import type { NativeSymbol } from "./native.ts";
import { FfiUnavailableError } from "./unavailable.ts";

const idle: Helper[] = [];

/**
 * Makes a function that calls `symbol` on another thread.
 *
 * A call that is under way keeps the process alive, and native memory that it uses has to stay.
 *
 * @param path The library.
 * @param key The name of the function, unless `symbol` has one.
 */
export function elsewhere(
  path: string,
  key: string,
  symbol: NativeSymbol,
): (...args: unknown[]) => Promise<unknown> {
  const { name = key, parameters, result } = symbol;
  const plain = { parameters, result };
  return async (...args) => {
    const native = adapter();
    const sent = args.map((argument, i) =>
      parameters[i] === "pointer" ? native.address(argument as Pointer) : argument
    );
    const helper = idle.pop() ?? new Helper();
    return await helper.call({ kind: "call", path, name, symbol: plain, args: sent });
  };
}

/** A thread that makes one call at a time. */
class Helper {
  readonly #thread: Thread;
  #settle: ((answer: Answer) => void) | undefined = undefined;
  #isReady = false;
  #call: Call | undefined = undefined;

  constructor() {
    this.#thread = startThread(moduleBeside(import.meta.url, "./elsewhere_main"), "edo-calls", {
      onMessage: (message) => {
        const said = message as Answer | { readonly kind: "ready" };
        if ("kind" in said) this.#begin();
        else this.#end(said);
      },
      onError: (error) => this.#settle?.({ failure: error.message }),
    });
  }

  async call(call: Call): Promise<unknown> {
    this.#thread.ref();
    this.#call = call;
    const answer = new Promise<Answer>((resolve) => this.#settle = resolve);
    if (this.#isReady) this.#thread.post(call);
    const found = await answer;
    if ("result" in found) return found.result;
    throw new FfiUnavailableError(`Cannot call ${call.name} on another thread: ${found.failure}`);
  }

  #begin(): void {
    this.#isReady = true;
    this.#thread.post(this.#call);
  }

  #end(answer: Answer): void {
    this.#thread.unref();
    idle.push(this);
    this.#settle?.(answer);
  }
}
