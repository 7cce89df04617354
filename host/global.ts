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
  | { readonly name: "read"; readonly path?: string };

/** An address in native memory, opaque as in Deno; `null` is the null pointer. */
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
  test?(definition: DenoTest): void;
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
    options: { readonly skip: boolean; readonly only: boolean },
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

/** The modules of Node that edo asks for by name. */
export interface BuiltinModules {
  readonly "node:async_hooks": AsyncHooks;
  readonly "node:fs": NodeFiles;
  readonly "node:test": NodeTest;
}

/** The part of Node's `process` that edo uses; Deno and Bun have it too. */
export interface ProcessHost {
  getBuiltinModule?<N extends keyof BuiltinModules>(name: N): BuiltinModules[N] | undefined;
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
  readonly navigator?: { readonly hardwareConcurrency?: number };
}

/** The global object, seen as a host. */
export const host: HostGlobal = globalThis as unknown as HostGlobal;
