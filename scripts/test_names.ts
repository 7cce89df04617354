/**
 * The names of the tests in a file, as the test runner sees them: many are put together by loops and
 * templates, so the modules are loaded, with a collector in the place of `Deno.test`.
 *
 * @module
 */

/** What stands in the place of `Deno.test`, and what it was told so far. */
export interface Collector {
  /** Takes every form of declaration that `Deno.test` takes, and runs nothing. */
  readonly test: typeof Deno.test;
  /** Hands over the names of the tests that were declared since the last call. */
  take(): readonly string[];
}

/** The forms of arguments of `Deno.test`, as far as they name a test. */
type Named = string | { readonly name?: string } | ((...args: never[]) => unknown);

/** A collector that has collected nothing yet. */
export function collector(): Collector {
  let names: string[] = [];
  const declare = (...args: readonly Named[]) => {
    names.push(nameIn(args));
  };
  const nothing = () => {};
  const test = Object.assign(declare, {
    ignore: declare,
    only: declare,
    beforeAll: nothing,
    afterAll: nothing,
    beforeEach: nothing,
    afterEach: nothing,
  });
  return {
    test: test as unknown as typeof Deno.test,
    take() {
      const taken = names;
      names = [];
      return taken;
    },
  };
}

/** A name of its own goes before that of an object, and that before the name of the function. */
function nameIn(args: readonly Named[]): string {
  const own = args.find((arg) => typeof arg === "string");
  if (own !== undefined) return own as string;
  const named = args.find((arg) => (arg as { name?: string }).name);
  return (named as { name?: string } | undefined)?.name ?? "";
}

/**
 * The names of the tests in each file, by the file's path. A file that is not there has none.
 *
 * The modules stay loaded, and what they open at their heads stays open.
 *
 * @param paths Paths below the root.
 * @param root The root of the repository.
 */
export async function testNames(
  paths: Iterable<string>,
  root: URL,
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const { test, take } = collector();
  // Deno's types do not allow it, for good reasons in a program that is no tool of tests.
  const host = Deno as { test: typeof Deno.test };
  const original = host.test;
  host.test = test;
  try {
    const names = new Map<string, ReadonlySet<string>>();
    // One after the other, since the collector cannot tell which module it is called from.
    for (const path of paths) names.set(path, new Set(await load(new URL(path, root), take)));
    return names;
  } finally {
    host.test = original;
  }
}

async function load(file: URL, take: Collector["take"]): Promise<readonly string[]> {
  try {
    await Deno.stat(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
  try {
    await import(file.href);
  } catch (cause) {
    throw new Error(`Cannot load ${file.href}`, { cause });
  }
  return take();
}
