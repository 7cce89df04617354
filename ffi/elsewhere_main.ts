/**
 * The module that a thread for calls that wait runs.
 *
 * @module
 */

import { ownThread } from "../host/thread.ts";
import type { Functions } from "./adapters/adapter.ts";
import { adapter } from "./adapters/find.ts";
import type { Answer, Call } from "./elsewhere.ts";

const thread = ownThread();
const functions = new Map<string, Functions[string]>();

function answer({ path, name, symbol, args }: Call): Answer {
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
}

thread.listen((message) => {
  try {
    thread.post(answer(message as Call));
  } catch (error) {
    thread.post({ failure: (error as Error).message } satisfies Answer);
  }
});
thread.post("ready");
