/**
 * How this isolate takes part in the domain of its process: it is woken by others, and has their
 * news looked at in its turns.
 *
 * @module
 */

import { backend } from "../../ffi/choose.ts";
import { FfiUnavailableError } from "../../ffi/library.ts";
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

/** This isolate's link. The first isolate of a process makes the domain. */
export function ownLink(): Link {
  return own ??= join(new Domain());
}

installLink(ownLink);

/** Takes part in the domain that another isolate has made. */
export function joinDomain(buffer: SharedArrayBuffer): Link {
  return own = join(new Domain(buffer));
}

function join(domain: Domain): Link {
  sharedMemory.self = domain.self;
  const { wakeSelector, expect } = bySelector(domain) ?? byNotify(domain);
  const link = new Link({ domain, wakeSelector, attachments: sharedMemory, expect });
  isolate.accompany(link);
  return link;
}

/** How others wake this isolate, and how it waits for them. */
interface Waking {
  readonly wakeSelector: WakeSelector;
  readonly expect: (something: boolean) => void;
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
 * Without FFI this isolate waits for its word to change. That alone does not keep a process alive,
 * so a timer does.
 */
function byNotify(domain: Domain): Waking {
  const parked = domain.parked(domain.self);
  let timer: ReturnType<typeof setInterval> | undefined;
  const wait = () => {
    if (timer === undefined) return;
    const waiting = Atomics.waitAsync(domain.words, parked, PARKED);
    isolate.wake();
    if (waiting.async) waiting.value.then(wait);
    else setTimeout(wait, 1);
  };
  return {
    wakeSelector: () => {
      throw new FfiUnavailableError("Cannot wake a selector: this isolate has no FFI");
    },
    expect(something) {
      clearInterval(timer);
      timer = something ? setInterval(() => {}, 2 ** 31 - 1) : undefined;
      if (something) wait();
    },
  };
}
