/**
 * What the tests take for `Deno` on Node and Bun. It is imported by each module of tests that names
 * it and never made global, because the library must not take these hosts for Deno.
 *
 * @module
 */

import "./newer.ts";
import { Command } from "./command.ts";
import { errors } from "./errors.ts";
import { connect, listen } from "./net.ts";
import { builtin, process } from "./node.ts";
import { test } from "./test.ts";

const { readdirSync, readFileSync, readlinkSync } = builtin("fs");
const { mkdtemp, readdir, readFile, rm, writeFile } = builtin("fs/promises");
const { tmpdir } = builtin("os");
const { inspect } = builtin("util");

const SYSTEMS: Record<string, string> = { win32: "windows" };
const ARCHITECTURES: Record<string, string> = { x64: "x86_64", arm64: "aarch64" };

/** The part of Deno's namespace that the tests use. */
export const Deno = {
  test,
  errors,
  Command,
  connect,
  listen,
  inspect: (value: unknown, options?: object): string => inspect(value, options),
  build: {
    os: SYSTEMS[process.platform] ?? process.platform,
    arch: ARCHITECTURES[process.arch] ?? process.arch,
  },
  env: { get: (name: string): string | undefined => process.env[name] },
  args: process.argv.slice(2),
  pid: process.pid,
  exit: (code?: number): void => process.exit(code),
  execPath: (): string => process.execPath,
  memoryUsage: (): { heapUsed: number } => process.memoryUsage(),
  stdout: { writeSync: (bytes: Uint8Array): boolean => process.stdout.write(bytes) },
  readTextFile: (path: string | URL): Promise<string> => readFile(path, "utf8"),
  readTextFileSync: (path: string | URL): string => readFileSync(path, "utf8"),
  writeTextFile: (path: string | URL, text: string): Promise<void> => writeFile(path, text),
  readLinkSync: (path: string): string => readlinkSync(path),
  readDirSync: (path: string | URL): { name: string }[] =>
    readdirSync(path).map((name: string) => ({ name })),
  async *readDir(path: string | URL): AsyncGenerator<{ name: string; isDirectory: boolean }> {
    for (const entry of await readdir(path, { withFileTypes: true })) {
      yield { name: entry.name, isDirectory: entry.isDirectory() };
    }
  },
  makeTempDir: ({ prefix = "" } = {}): Promise<string> => mkdtemp(`${tmpdir()}/${prefix}`),
  remove: (path: string | URL, options?: { recursive?: boolean }): Promise<void> =>
    rm(path, options),
};
