/**
 * Tokens that are cancelled from other isolates.
 *
 * Sending a token makes a flag for the one that arrives: another isolate waits on the token, so to
 * speak. The flag is set when the token is cancelled.
 *
 * @module
 */

import type { Context } from "../future/context.ts";
import { isPending, type Poll } from "../future/poll.ts";
import type { Woken } from "../scheduler/multi_thread/link_parts.ts";
import { RemoteFlag } from "../scheduler/multi_thread/remote_flag.ts";

/** What a token takes from outside: of an `AbortSignal`, or of another isolate. */
export type TokenSignal = Pick<
  AbortSignal,
  "aborted" | "reason" | "addEventListener" | "removeEventListener"
>;

/** The signal of a token that was sent here. It may have one listener. */
export class RemoteSignal implements TokenSignal, Woken {
  /** While the flag is not set. */
  #flag: RemoteFlag | undefined;
  #reason: unknown = undefined;
  #listener: (() => void) | undefined = undefined;

  /** Takes over a hold of the flag. */
  constructor(at: number) {
    this.#flag = new RemoteFlag(at);
    forgotten.register(this, this.#flag, this);
  }

  get aborted(): boolean {
    const flag = this.#flag;
    if (flag === undefined) return true;
    if (!flag.isSet) return false;
    this.#flag = undefined;
    this.#reason = flag.reason();
    flag.waitNoMore();
    forgotten.unregister(this);
    flag.release();
    return true;
  }

  get reason(): unknown {
    return this.aborted ? this.#reason : undefined;
  }

  addEventListener(_type: string, listener: unknown): void {
    this.#listener = listener as () => void;
    this.#flag?.wait(this);
    // It was set before there was somebody to be told.
    if (this.#flag?.isSet) queueMicrotask(() => this.#listener?.());
  }

  removeEventListener(): void {
    this.#listener = undefined;
    this.#flag?.waitNoMore();
  }

  woken(): void {
    this.#flag?.wasWoken();
    this.#listener?.();
  }
}

const forgotten = new FinalizationRegistry<RemoteFlag>((flag) => flag.release());

/** Gives a flag back that nobody has taken. */
export function dropToken(at: number): void {
  new RemoteFlag(at).release();
}

/** What is sent of a token. */
export interface Sent {
  /** Why it was cancelled. */
  readonly reason: unknown;
  /** Waits until it is. */
  cancelled(): Disposable & { poll(cx: Context): Poll<void> };
}

/** One sending of a token. */
interface Sending {
  readonly flag: RemoteFlag;
  readonly wait: Disposable;
}

/** Flags that were made for tokens, which have not been sent since. */
const prepared = new WeakMap<Sent, RemoteFlag>();

/** Those whose receivers may still want to know. */
const sendings = new Set<Sending>();

/** When there are so many, those are looked for whose receivers have gone. */
let most = 16;

/** Where the flag is for the next sending of a token. */
export function prepare(token: Sent): number {
  let flag = prepared.get(token);
  if (flag === undefined) prepared.set(token, flag = RemoteFlag.make());
  return flag.at;
}

/** A token is on its way, with the flag that was prepared. */
export function send(token: Sent): void {
  const flag = prepared.get(token)!;
  prepared.delete(token);
  flag.retain();
  if (sendings.size >= most) sweep();
  const wait = token.cancelled();
  const sending = { flag, wait };
  const wake = () => {
    sendings.delete(sending);
    flag.setBecause(token.reason);
    flag.leave();
  };
  if (isPending(wait.poll({ waker: { wake } }))) sendings.add(sending);
  else wake();
}

function sweep(): void {
  for (const sending of sendings) {
    if (sending.flag.isHeld) continue;
    sendings.delete(sending);
    sending.wait[Symbol.dispose]();
    sending.flag.leave();
  }
  most = Math.max(16, sendings.size * 2);
}
