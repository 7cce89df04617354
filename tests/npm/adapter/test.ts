/**
 * `Deno.test` by the test runner of the host: `node:test`, or `bun:test` on Bun. Deno's sanitizers
 * have no counterpart; what must leave nothing behind says so by the leak guard.
 *
 * @module
 */

import { builtin, process } from "./node.ts";
import { whySkipped } from "./skips.ts";

/** What a test is given. */
interface Context {
  readonly name: string;
  step(first: string | Definition, fn?: Body): Promise<boolean>;
}

type Body = (context: Context) => unknown;

interface Definition {
  readonly name: string;
  readonly fn: Body;
  readonly ignore?: boolean;
  readonly only?: boolean;
}

/** A runner: declares one test. */
type Declare = (name: string, how: "run" | "skip" | "only", fn: () => unknown) => void;

const TIMEOUT_MS = 60_000;

const isBun: boolean = "bun" in process.versions;

/** The host, as the command line calls it. */
const host: string = isBun ? "bun" : `node${process.versions.node.split(".")[0]}`;

const declare: Declare = isBun ? await onBun() : onNode();

function onNode(): Declare {
  const runner = builtin("test");
  return (name, how, fn) => {
    // To say `only: false` would leave the test out on Node 26.
    const only = how === "only" && { only: true };
    runner.test(name, { skip: how === "skip", timeout: TIMEOUT_MS, ...only }, fn);
  };
}

async function onBun(): Promise<Declare> {
  const name = "bun:test";
  const { test } = await import(name);
  return (name, how, fn) => {
    const declared = how === "run" ? test : test[how];
    declared(name, fn, TIMEOUT_MS);
  };
}

/** A step runs within its test, which fails with it. */
function contextOf(name: string): Context {
  return {
    name,
    async step(first, second) {
      const step = typeof first === "string" ? { name: first, fn: second! } : first;
      if (step.ignore) return false;
      await step.fn(contextOf(step.name));
      return true;
    },
  };
}

/** Declares a test in one of the forms of `Deno.test`. */
export function test(
  first: string | Definition | Omit<Definition, "name" | "fn"> | Body,
  second?: Body | Omit<Definition, "name" | "fn">,
  third?: Body,
): void {
  const parts = [first, second, third];
  const options = Object.assign({}, ...parts.filter((part) => typeof part === "object"));
  const fn: Body = options.fn ?? parts.find((part) => typeof part === "function");
  const name: string = parts.find((part) => typeof part === "string") ?? options.name ?? fn.name;
  const reason = whySkipped(host, process.argv[1] ?? "", name);
  const shown = reason === undefined ? name : `${name} (skipped: ${reason})`;
  const how = options.ignore || reason !== undefined ? "skip" : options.only ? "only" : "run";
  declare(shown, how, async () => void await fn(contextOf(name)));
}

/** Declares a test that is left out. */
test.ignore = (name: string, fn: Body): void => test(name, { ignore: true }, fn);
