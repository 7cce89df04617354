/**
 * How this isolate takes part in the domain of its process: it is woken by others, and has their
 * news looked at in its turns.
 *
 * @module
 */

import { backend } from "../../ffi/choose.ts";
import { FfiUnavailableError } from "../../ffi/library.ts";
import { host } from "../../host/global.ts";
import { requireThreads } from "../../host/thread.ts";
import { isolate } from "../isolate.ts";
import { installLink } from "../threads.ts";
import { load, store } from "./atomics.ts";
import { Domain } from "./domain.ts";
import { Link } from "./link.ts";
import { PARKED, type WakeSelector } from "./parking.ts";
import { SharedMemory } from "./shared_memory.ts";

let own: Link | undefined;

/** Shared memory that travels between the isolates. */
export const sharedMemory: SharedMemory = new SharedMemory();

/**
 * This isolate's link. The first isolate of a process makes the domain.
 *
 * @throws {TypeError} When the host has no shared memory.
 */
export function ownLink(): Link {
  return own ??= begin();
}

function begin(): Link {
  if (host.SharedArrayBuffer === undefined) requireThreads("share anything between threads");
  return join(new Domain());
}

installLink(ownLink);

/** Takes part in the domain that another isolate has made. */
export function joinDomain(buffer: SharedArrayBuffer): Link {
  return own = join(new Domain(buffer));
}

function join(domain: Domain): Link {
  sharedMemory.self = domain.self;
  const waking = bySelector(domain) ?? byNotify(domain);
  const link = new Link({ domain, attachments: sharedMemory, ...waking });
  isolate.accompany(link);
  return link;
}

/** How others wake this isolate, and how it waits for them. */
interface Waking {
  readonly wakeSelector: WakeSelector;
  readonly expect: (something: boolean) => void;
  readonly rest?: () => boolean;
}

/** Others write to a descriptor that this isolate's selector watches. */
function bySelector(domain: Domain): Waking | undefined {
  try {
    const { wake } = backend();
    const { reactor } = isolate.driver;
    const index = domain.waker(domain.self);
    store(domain.words, index, reactor.selector.watchWaker(load(domain.words, index) - 1) + 1);
    return {
      wakeSelector: wake,
      expect: (something) => something ? reactor.expect() : reactor.done(),
    };
  } catch (error) {
    if (error instanceof FfiUnavailableError) return undefined;
    throw error;
  }
}

/**
 * Without FFI this isolate waits for its word to change, each time it rests. That alone does not
 * keep a process alive, so a timer does while calls are under way.
 */
function byNotify(domain: Domain): Waking {
  const parked = domain.parked(domain.self);
  let timer: ReturnType<typeof setInterval> | undefined;
  let isWaiting = false;
  const woken = () => {
    isWaiting = false;
    isolate.wake();
  };
  return {
    wakeSelector: () => {
      throw new FfiUnavailableError("Cannot wake a selector: this isolate has no FFI");
    },
    expect(something) {
      clearInterval(timer);
      timer = something ? setInterval(() => {}, 2 ** 31 - 1) : undefined;
    },
    rest() {
      // A wait of an earlier rest hears of this one too.
      if (isWaiting) return true;
      const waiting = Atomics.waitAsync(domain.words, parked, PARKED);
      isWaiting = waiting.async;
      if (waiting.async) waiting.value.then(woken);
      return waiting.async;
    },
  };
}
