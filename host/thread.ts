/**
 * Threads: workers of the host, from the outside and from the inside.
 *
 * @module
 */

import { host, type NodeThreads } from "./global.ts";
import { bunProcess, nodeProcess } from "./kind.ts";

/** A thread that this one has started. */
export interface Thread {
  /** Sends a message. */
  post(message: unknown): void;
  /** Ends the thread, whatever it does. */
  terminate(): void;
  /** Lets the thread keep the process alive, as it does from the beginning. */
  ref(): void;
  /** Lets the process end although the thread runs, where the host has this: in Deno it does not. */
  unref(): void;
}

/** What a thread tells those who have started it. */
export interface ThreadEvents {
  /** It has sent a message. */
  readonly onMessage: (message: unknown) => void;
  /** It has ended by an error that nobody caught. */
  readonly onError: (error: Error) => void;
}

/** The thread that runs this code, seen from the inside. */
export interface OwnThread {
  /** Sends a message to whoever has started this thread. */
  post(message: unknown): void;
  /** Gets the messages from there. */
  listen(onMessage: (message: unknown) => void): void;
  /** Ends this thread. */
  close(): void;
}

/** Node has no `Worker` among its globals. */
const nodeThreads: NodeThreads | undefined = nodeProcess()?.getBuiltinModule?.(
  "node:worker_threads",
);

/** Whether this host can start threads that share memory. */
const hasThreads: boolean = (host.Worker !== undefined || nodeThreads !== undefined) &&
  host.SharedArrayBuffer !== undefined;

/** Why this host cannot, in messages: what is missing. */
const whyNoThreads: string = host.crossOriginIsolated === false
  ? "this page is not cross-origin isolated, so it has no shared memory: serve it with " +
    '"Cross-Origin-Opener-Policy: same-origin" and "Cross-Origin-Embedder-Policy: require-corp"'
  : "this host has no workers or no shared memory";

/**
 * Throws where this host cannot start threads that share memory.
 *
 * @param action What was to be done.
 * @param instead What to do instead, if there is anything.
 * @throws {TypeError} When it cannot, with the reason.
 */
export function requireThreads(action: string, instead?: string): void {
  if (hasThreads) return;
  const advice = instead === undefined ? "" : `, ${instead}`;
  throw new TypeError(`Cannot ${action}: ${whyNoThreads}${advice}`);
}

/** The address of the module that all threads run, if the program has named one. */
let moduleOfAll: string | undefined;

/** As it was set last: for threads that are to start theirs in the same way. */
export function threadModule(): string | undefined {
  return moduleOfAll;
}

/**
 * Has all threads that this one starts run the module at `url`, whatever they are for. It becomes
 * what its first message says.
 *
 * @param url `undefined`: each runs its own again.
 */
export function useThreadModule(url: string | undefined): void {
  moduleOfAll = url;
}

let started = 0;

/** How many threads this one has started. */
export function threadsStarted(): number {
  return started;
}

/**
 * Starts a thread. What is sent to it before it has sent a message itself may be lost.
 *
 * @param url The module that it runs, unless {@linkcode useThreadModule} has named one.
 * @param name What tools call it.
 */
export function startThread(url: URL, name: string, events: ThreadEvents): Thread {
  started += 1;
  const module = moduleOfAll === undefined ? url : new URL(moduleOfAll);
  const told = tellingOfModule(module, events);
  return nodeThreads === undefined
    ? startWebThread(module, name, told)
    : startNodeThread(nodeThreads, module, name, told);
}

/** Has the error of a thread that has never said anything tell which module could not be loaded. */
function tellingOfModule({ href }: URL, { onMessage, onError }: ThreadEvents): ThreadEvents {
  let hasBegun = false;
  return {
    onMessage(message) {
      hasBegun = true;
      onMessage(message);
    },
    onError(error) {
      if (hasBegun) return onError(error);
      const message = `${error.message || "a thread did not begin"}; its module is "${href}", ` +
        "use RuntimeBuilder.threadModule() if a bundler has put it elsewhere";
      onError(new Error(message, { cause: error }));
    },
  };
}

function startWebThread(url: URL, name: string, events: ThreadEvents): Thread {
  const worker: WebWorker = new host.Worker!(host.Deno === undefined ? url : importing(url), {
    type: "module",
    name,
  });
  worker.onmessage = ({ data }) => events.onMessage(data);
  worker.onerror = (event) => {
    event.preventDefault();
    events.onError(new Error(event.message));
  };
  return {
    post: (message) => worker.postMessage(message),
    terminate: () => worker.terminate(),
    ref: () => worker.ref?.(),
    unref: () => worker.unref?.(),
  };
}

/** Bun's can be unreferenced. */
type WebWorker = Worker & { ref?(): void; unref?(): void };

function startNodeThread(
  { Worker }: NodeThreads,
  url: URL,
  name: string,
  { onMessage, onError }: ThreadEvents,
): Thread {
  const worker = new Worker(url, { name });
  worker.on("message", onMessage);
  worker.on("error", onError);
  return {
    post: (message) => worker.postMessage(message),
    terminate: () => void worker.terminate(),
    ref: () => worker.ref(),
    unref: () => worker.unref(),
  };
}

/**
 * A module that imports the one at `url`. `deno test` checks the types of a worker's own module each
 * time one starts, which takes seconds; what that imports late it does not check.
 */
function importing(url: URL): string {
  // Of a name in a variable Deno does not know before.
  const code = `const url = ${JSON.stringify(url.href)}; await import(url);`;
  return `data:text/javascript,${encodeURIComponent(code)}`;
}

/** The thread that runs this code, which somebody has started by {@linkcode startThread}. */
export function ownThread(): OwnThread {
  const port = nodeThreads?.parentPort;
  if (port) {
    return {
      post: (message) => port.postMessage(message),
      listen: (onMessage) => void port.on("message", onMessage),
      close: exitThread,
    };
  }
  const self = globalThis as unknown as {
    postMessage(message: unknown): void;
    onmessage: ((event: { data: unknown }) => void) | null;
    close?(): void;
  };
  const close = self.close?.bind(self);
  return {
    post: (message) => self.postMessage(message),
    listen: (onMessage) => {
      self.onmessage = ({ data }) => onMessage(data);
    },
    close: close ?? exitThread,
  };
}

/** Node's and Bun's own, whatever {@linkcode guardThread} has in its place. */
const exit = (nodeProcess() ?? bunProcess())?.exit;

/** In Node and Bun, where `exit` ends the thread. What it has printed takes a turn to get out. */
function exitThread(): void {
  host.setImmediate!(() => exit!.call(host.process));
}

/** Ends the process. */
export function exitProcess(code: number): void {
  if (host.Deno?.exit !== undefined) host.Deno.exit(code);
  else host.process?.exit?.(code);
}

/**
 * Keeps code from ending this thread alone, whose other tasks would never end: `close` throws, and
 * `exit` ends the process.
 *
 * @param exit Has the process ended. This thread does nothing more after it.
 */
export function guardThread(exit: (code: number) => void): void {
  const end = (code?: number | string): never => {
    exit(Number(code ?? 0));
    const never = new Int32Array(new SharedArrayBuffer(4));
    while (true) Atomics.wait(never, 0, 0);
  };
  const replace = (owner: object | undefined, name: string, value: unknown) => {
    if (owner === undefined || !(name in owner)) return;
    Object.defineProperty(owner, name, { value, configurable: true, writable: true });
  };
  replace(globalThis, "close", () => {
    throw new TypeError("Cannot close a thread of a runtime: it has other tasks, return instead");
  });
  replace(host.Deno, "exit", end);
  if (host.Deno === undefined) replace(host.process, "exit", end);
}

/**
 * Has errors that nobody caught reported, instead of letting them end the thread, and with it all
 * tasks that run there.
 */
export function outliveErrors(): void {
  const report = (what: string, error: unknown) =>
    host.console?.error(`${what} in a worker:`, error);
  const process = nodeProcess() ?? bunProcess();
  if (process?.on !== undefined) {
    process.on("uncaughtException", (error) => report("Uncaught error", error));
    process.on("unhandledRejection", (error) => report("Unhandled rejection", error));
    return;
  }
  addEventListener("error", (event) => {
    event.preventDefault();
    report("Uncaught error", event.error);
  });
  addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    report("Unhandled rejection", event.reason);
  });
}

/** How many threads of this machine can run at once. */
export function parallelism(): number {
  const { navigator, process } = host;
  if (navigator?.hardwareConcurrency !== undefined) return navigator.hardwareConcurrency;
  return process?.getBuiltinModule?.("node:os")?.availableParallelism() ?? 1;
}
