/**
 * Threads that take part in the domain: how they begin and how they leave, and how shared memory
 * reaches them.
 *
 * @module
 */

import { nextTurn } from "../../host/next_turn.ts";
import { exitProcess, startThread } from "../../host/thread.ts";
import { isolate } from "../isolate.ts";
import type { Runtime } from "../runtime.ts";
import type { Link } from "./link.ts";
import { sharedMemory } from "./membership.ts";
import type { Carrier } from "./shared_memory.ts";

/** What every thread tells besides its own news. */
type OwnNews = { readonly kind: "ready" } | ExitNews | Carrier;

/** It asks for the end of the process. */
interface ExitNews {
  readonly kind: "exit";
  readonly code: number;
}

/** How a thread is started. */
export interface MemberParts<News> {
  /** The module that it runs. */
  readonly url: URL;
  /** What tools call it. */
  readonly name: string;
  /** The first message. */
  readonly orders: object;
  /** Called with what it tells. */
  readonly onNews: (news: News) => void;
  /** It has ended by an error. */
  readonly onLost: (error: Error) => void;
}

/** A thread, seen from the isolate that has started it. */
export class Member<News extends { readonly kind: string }> implements Disposable {
  readonly #thread;
  #memory: Disposable | undefined = undefined;

  /** Starts a thread. */
  constructor({ url, name, orders, onNews, onLost }: MemberParts<News>) {
    const forward = (carrier: Carrier) => thread.post(carrier);
    const thread = startThread(url, name, {
      onMessage: (message) => {
        const news = message as News | OwnNews;
        if (isCarrier(news)) sharedMemory.receive(news, forward);
        else if (isExit(news)) exitProcess(news.code);
        else if (news.kind !== "ready") onNews(news as News);
        else {
          thread.post(orders);
          this.#memory = sharedMemory.announce(forward);
        }
      },
      onError: onLost,
    });
    this.#thread = thread;
  }

  /** Ends the thread, whatever it does. */
  terminate(): void {
    this[Symbol.dispose]();
    this.#thread.terminate();
  }

  /** Forgets a thread that ends by itself. */
  [Symbol.dispose](): void {
    this.#memory?.[Symbol.dispose]();
  }
}

/** Leaves the domain: this thread ends. Nothing runs here any more but `runtime`'s own tasks. */
export async function leaveDomain(link: Link, runtime: Runtime): Promise<void> {
  await runtime.shutdown();
  link.crew = undefined;
  isolate.accompany(undefined);
}

/** Waits until nobody uses this thread's selector, and gives its place in the domain back. */
export async function closeDomain(link: Link): Promise<void> {
  isolate.driver.close();
  // A park that is under way releases the selector when it ends.
  while (isolate.driver.isParked) await new Promise<void>(nextTurn);
  link.domain.leave();
}

function isExit(news: { readonly kind: string }): news is ExitNews {
  return news.kind === "exit";
}

function isCarrier(news: { readonly kind: string }): news is Carrier {
  return news.kind === "memory";
}
