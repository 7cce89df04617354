/**
 * The typed view of what surrounds the language: the globals of Deno, Node, Bun and browsers that
 * edo touches, each of them optional. Library code asks this view instead of naming `Deno`, so the
 * same sources compile for every host.
 *
 * @module
 */

/** The part of a permission's answer that edo reads. */
export interface PermissionAnswer {
  /** Whether the operation may go ahead. */
  readonly state: "granted" | "denied" | "prompt";
  /** Whether a part of what was asked for is denied. */
  readonly partial?: boolean;
}

/** The permissions that edo asks for before it calls the system. */
export type PermissionRequest =
  | { readonly name: "net"; readonly host?: string }
  | { readonly name: "ffi"; readonly path?: string }
  | { readonly name: "read" | "write"; readonly path?: string };

/**
 * An address in native memory, opaque as in Deno, a number or a `bigint` elsewhere; `null` is the
 * null pointer.
 */
export type Pointer = { readonly [pointerBrand]: unknown } | null;
declare const pointerBrand: unique symbol;

/** A library that was opened, with its bound symbols. */
export interface NativeLibrary {
  /** Functions by name, as the symbol table declared them. */
  // deno-lint-ignore no-explicit-any
  readonly symbols: Record<string, (...args: any[]) => any>;
  /** Unloads the library. */
  close(): void;
}

/** The part of Deno's namespace that edo uses. */
export interface DenoHost {
  readonly build: { readonly os: string; readonly arch: string };
  readonly errors: Record<string, new (message: string) => Error>;
  readonly permissions: {
    querySync(descriptor: PermissionRequest): PermissionAnswer;
    requestSync(descriptor: PermissionRequest): PermissionAnswer;
  };
  dlopen(path: string, symbols: object): NativeLibrary;
  readDirSync(path: string): Iterable<{ readonly name: string }>;
  readLinkSync(path: string): string;
  realPathSync(path: string): string;
  test?(definition: DenoTest): void;
  exit?(code: number): never;
  readonly UnsafePointer: {
    of(view: Uint8Array): Pointer;
    value(pointer: Pointer): bigint;
    create(address: bigint): Pointer;
  };
  readonly UnsafePointerView: {
    getArrayBuffer(pointer: Pointer, byteLength: number, offset?: number): ArrayBuffer;
    getCString(pointer: Pointer, offset?: number): string;
  };
}

/** A test as Deno's runner takes it. */
export interface DenoTest {
  readonly name: string;
  readonly fn: () => Promise<void>;
  readonly ignore: boolean;
  readonly only: boolean;
}

/** The module `node:test`, as far as edo uses it. */
export interface NodeTest {
  test(
    name: string,
    options: { readonly skip: boolean; readonly only?: true },
    fn: () => Promise<void>,
  ): unknown;
}

/** The module `node:fs`, as far as edo uses it. */
export interface NodeFiles {
  readdirSync(path: string): string[];
  readlinkSync(path: string): string;
}

/** `AsyncLocalStorage` of `node:async_hooks`, as far as edo uses it. */
export interface AsyncLocalStorage<T> {
  getStore(): T | undefined;
  run<R>(store: T, body: () => R): R;
}

/** The module `node:async_hooks`, as far as edo uses it. */
export interface AsyncHooks {
  readonly AsyncLocalStorage: new <T>() => AsyncLocalStorage<T>;
}

/** The module `node:ffi`, as far as edo uses it. */
export interface NodeFfi {
  dlopen(path: string): {
    readonly lib: {
      getFunction(
        name: string,
        declaration: { readonly arguments: readonly string[]; readonly return: string },
        // deno-lint-ignore no-explicit-any
      ): (...args: any[]) => any;
    };
  };
  toArrayBuffer(address: bigint, byteLength: number, copy: boolean): ArrayBuffer;
  getRawPointer(memory: ArrayBufferView | ArrayBuffer): bigint;
}

/** The module `bun:ffi`, as far as edo uses it. */
export interface BunFfi {
  dlopen(path: string, symbols: object): {
    // deno-lint-ignore no-explicit-any
    readonly symbols: Record<string, (...args: any[]) => any>;
  };
  toArrayBuffer(address: number, offset: number, byteLength: number): ArrayBuffer;
  ptr(memory: ArrayBufferView): number;
}

/** The package koffi, as far as edo uses it. */
export interface Koffi {
  load(path: string): {
    // deno-lint-ignore no-explicit-any
    func(name: string, result: string, parameters: readonly string[]): (...args: any[]) => any;
  };
  view(address: bigint, byteLength: number): ArrayBuffer;
  address(memory: ArrayBufferView): bigint;
}

/** The module `node:module`, as far as edo uses it. */
export interface NodeModules {
  createRequire(from: string): (name: string) => unknown;
}

/** An address that a name leads to, as `node:dns` tells it. */
export interface NameAddress {
  readonly address: string;
  readonly family: number;
}

/** The module `node:dns`, as far as edo uses it. */
export interface NodeNames {
  lookup(
    name: string,
    options: { readonly all: true; readonly verbatim: true },
    callback: (
      error: (Error & { readonly code?: string; readonly errno?: number }) | null,
      addresses: readonly NameAddress[] | undefined,
    ) => void,
  ): void;
}

/** A socket of `node:dgram`, as far as edo uses it. */
export interface NodeDatagramSocket {
  bind(options: { readonly fd: number; readonly exclusive: boolean }): unknown;
  on(event: "error", listener: (error: Error) => void): unknown;
  ref(): unknown;
  unref(): unknown;
  close(): unknown;
}

/** The module `node:dgram`, as far as edo uses it. */
export interface NodeDatagrams {
  createSocket(type: "udp4"): NodeDatagramSocket;
}

/** A thread of `node:worker_threads`, as far as edo uses it. */
export interface NodeWorker {
  postMessage(message: unknown): void;
  on(event: "message", listener: (message: unknown) => void): unknown;
  on(event: "error", listener: (error: Error) => void): unknown;
  ref(): void;
  unref(): void;
  terminate(): unknown;
}

/** The module `node:worker_threads`, as far as edo uses it. */
export interface NodeThreads {
  readonly Worker: new (url: URL, options: { readonly name: string }) => NodeWorker;
  readonly parentPort: {
    postMessage(message: unknown): void;
    on(event: "message", listener: (message: unknown) => void): unknown;
    close(): void;
  } | null;
}

/** The modules of Node and Bun that edo asks for by name. */
export interface BuiltinModules {
  readonly "bun:ffi": BunFfi;
  readonly "node:async_hooks": AsyncHooks;
  readonly "node:dgram": NodeDatagrams;
  readonly "node:dns": NodeNames;
  readonly "node:ffi": NodeFfi;
  readonly "node:fs": NodeFiles;
  readonly "node:module": NodeModules;
  readonly "node:os": { availableParallelism(): number };
  readonly "node:test": NodeTest;
  readonly "node:worker_threads": NodeThreads;
}

/** The part of Node's `process` that edo uses; Deno and Bun have it too. */
export interface ProcessHost {
  readonly platform?: string;
  readonly arch?: string;
  readonly version?: string;
  readonly versions?: { readonly node?: string; readonly bun?: string; readonly deno?: string };
  /** Only where Node runs with `--permission`. */
  readonly permission?: { has(scope: string, reference?: string): boolean };
  readonly allowedNodeEnvironmentFlags?: { has(flag: string): boolean };
  getBuiltinModule?<N extends keyof BuiltinModules>(name: N): BuiltinModules[N] | undefined;
  on?(event: string, listener: (error: unknown) => void): unknown;
  off?(event: string, listener: (error: unknown) => void): unknown;
  cwd?(): string;
  exit?(code?: number): never;
  emitWarning?(warning: string): void;
}

/** What edo looks for on `globalThis`. */
export interface HostGlobal {
  readonly Deno?: DenoHost;
  readonly process?: ProcessHost;
  readonly setImmediate?: (callback: () => void) => unknown;
  readonly console?: { error(...data: unknown[]): void };
  readonly MessageChannel?: typeof MessageChannel;
  readonly Worker?: typeof Worker;
  readonly SharedArrayBuffer?: typeof SharedArrayBuffer;
  /** Only in browsers: whether the page may share memory. */
  readonly crossOriginIsolated?: boolean;
  readonly navigator?: { readonly hardwareConcurrency?: number };
}

/** The global object, seen as a host. */
export const host: HostGlobal = globalThis as unknown as HostGlobal;
