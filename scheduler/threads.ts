/**
 * The seam between runtimes and `multi_thread/`, most of which is loaded when it is first needed: a
 * program that has one isolate starts sooner without.
 *
 * A worker has all of it from its start. In other isolates the first multi-thread runtime has it
 * loaded, or the first `spawnBlocking`, or `sync/shared`; what is spawned until it is there waits in
 * a `LateCall`.
 *
 * @module
 */

import type { Blocking, BlockingOptions } from "./multi_thread/blocking/pool.ts";
import { registerHandle, type WireForm } from "./multi_thread/handle.ts";
import type { Link } from "./multi_thread/link.ts";
import type { PoolOptions } from "./multi_thread/pool.ts";
import type { Crew } from "./multi_thread/portable.ts";

/** The threads of one runtime, as its builder describes them. */
export interface ThreadOptions {
  /** The workers, if it has some. */
  readonly workers?: PoolOptions | undefined;
  /** The threads for work that blocks. */
  readonly blocking: Partial<BlockingOptions>;
}

/** The threads of one runtime. */
export interface RuntimeThreads {
  /** Its workers, if it has some. */
  readonly crew: Crew | undefined;
  /** Its threads for work that blocks. */
  readonly blocking: Blocking;
}

/** What runtimes need of `multi_thread/`. */
export interface Threads {
  /** Prepares the threads of a runtime. They start when they are needed. */
  create(options: ThreadOptions): RuntimeThreads;
  /** See `isAborted` of `task/`. */
  isAborted(): boolean;
}

let installed: Threads | undefined;
let loading: Promise<Threads> | undefined;

/** `multi_thread/`, if it is there. */
export function threads(): Threads | undefined {
  return installed;
}

/** Called by `multi_thread/` when it is there. */
export function installThreads(threads: Threads): void {
  installed = threads;
}

/** Loads `multi_thread/`. */
export function loadThreads(): Promise<Threads> {
  return loading ??= load();
}

async function load(): Promise<Threads> {
  try {
    await import("./multi_thread/install.ts");
    return installed!;
  } catch (error) {
    loading = undefined;
    throw error;
  }
}

let linkOfIsolate: (() => Link) | undefined;

/** Called by the part of `multi_thread/` that joins the isolates, when it is there. */
export function installLink(link: () => Link): void {
  linkOfIsolate = link;
}

/** Whether this isolate can take part in the domain of its process. */
export function hasLink(): boolean {
  return linkOfIsolate !== undefined;
}

/** This isolate's link. There is one where anything has come from another isolate. */
export function ownLink(): Link {
  return linkOfIsolate!();
}

/** Handles that stay what they are because nothing can travel yet. */
const staying = new Map<number, object>();
let stays = 0;

/** What stands in for a handle that is shared, in arguments that wait until they can travel. */
export function formOfStaying(handle: object): WireForm {
  const id = stays++;
  return { kind: stayingKind, data: [id], onSent: () => void staying.set(id, handle) };
}

const stayingKind = registerHandle(import.meta, "staying", {
  decode(id: number) {
    const handle = staying.get(id)!;
    staying.delete(id);
    return handle;
  },
  drop: (id: number) => void staying.delete(id),
});
