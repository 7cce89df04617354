/**
 * The numbers of `ffi/linux/abi.ts`, compared with those of the C compilers of this machine.
 *
 * A native compiler makes a program that prints them all. A cross compiler, whose programs do not
 * run here, gets them as static assertions.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { CONSTANTS, ERRNO, layouts, SYSCALLS } from "../../ffi/linux/abi.ts";
import { errnoNames } from "../../ffi/unix/errno.ts";
import { cHeaders, compile, findCompiler } from "./_compiler.ts";

/** Every number of one processor: the C expression for it, and its value. */
function numbers(arch: string): Map<string, number> {
  const found = new Map<string, number>(
    Object.entries({ ...CONSTANTS, ...ERRNO, ...SYSCALLS[arch] }),
  );
  for (const [struct, { size, ...offsets }] of Object.entries(layouts(arch))) {
    found.set(`sizeof(struct ${struct})`, size);
    for (const [field, offset] of Object.entries(offsets)) {
      found.set(`offsetof(struct ${struct}, ${field})`, offset as number);
    }
  }
  return found;
}

/** A program that prints each expression with its value. */
function printing(expressions: Iterable<string>): string {
  const lines = [...expressions].map((text) =>
    `  printf("%lld %s\\n", (long long)(${text}), "${text}");`
  );
  return `${cHeaders}\nint main(void) {\n${lines.join("\n")}\n  return 0;\n}\n`;
}

/** A file that compiles only if each expression has its value. */
function asserting(values: Map<string, number>): string {
  const lines = [...values].map(([text, value]) =>
    `_Static_assert((long long)(${text}) == ${value}, "${text} is not ${value}");`
  );
  return `${cHeaders}\n${lines.join("\n")}\n`;
}

async function printedBy(
  compiler: string,
  values: Map<string, number>,
): Promise<Map<string, number>> {
  const folder = await Deno.makeTempDir();
  try {
    const program = `${folder}/print`;
    const made = await compile(compiler, printing(values.keys()), ["-o", program]);
    assert(made.success, made.text);
    const { stdout } = await new Deno.Command(program).output();
    const lines = new TextDecoder().decode(stdout).trimEnd().split("\n");
    return new Map(lines.map((line) => {
      const space = line.indexOf(" ");
      return [line.slice(space + 1), Number(line.slice(0, space))];
    }));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

for (const name of ["cc", "musl-gcc"]) {
  const compiler = await findCompiler(name);
  const reason = compiler === undefined ? ` (ignored: ${name} is not installed)` : "";
  Deno.test({
    name: `CONSTANTS, ERRNO and layouts() are what ${name} says${reason}`,
    ignore: compiler === undefined,
    fn: async () => {
      const values = numbers(Deno.build.arch);
      assertEquals(await printedBy(compiler!, values), values);
    },
  });
}

for (const arch of ["aarch64", "x86_64"]) {
  const name = `${arch}-linux-gnu-gcc`;
  const compiler = await findCompiler(name);
  const reason = compiler === undefined ? ` (ignored: ${name} is not installed)` : "";
  Deno.test({
    name: `CONSTANTS, ERRNO and layouts() are what ${name} says${reason}`,
    ignore: compiler === undefined,
    fn: async () => {
      const checked = await compile(compiler!, asserting(numbers(arch)), ["-fsyntax-only"]);
      assert(checked.success, checked.text);
    },
  });
}

const cc = await findCompiler("cc");

Deno.test({
  name: `the comparison notices a wrong number${cc === undefined ? " (ignored: no cc)" : ""}`,
  ignore: cc === undefined,
  fn: async () => {
    const right = await compile(cc!, asserting(new Map([["EPERM", 1]])), ["-fsyntax-only"]);
    const wrong = await compile(cc!, asserting(new Map([["EPERM", 2]])), ["-fsyntax-only"]);
    assertEquals([right.success, wrong.success], [true, false]);
  },
});

for (const arch of ["x86_64", "aarch64"]) {
  Deno.test(`layouts() of ${arch} has fields that lie inside of their struct, in order`, () => {
    for (const [struct, { size, ...offsets }] of Object.entries(layouts(arch))) {
      const starts = Object.values(offsets);
      assertEquals(starts, [...new Set(starts)].sort((a, b) => a - b), struct);
      assert(starts.every((start) => start < size), struct);
      assertEquals(size % 4, 0, `the size of ${struct} is no multiple of 4`);
    }
  });

  Deno.test(`layouts() of ${arch} lets 32-bit words reach an event's fields`, () => {
    const { size, events, data } = layouts(arch).epoll_event;
    assertEquals([events % 4, data % 4], [0, 0]);
    assert(data + 8 <= size);
  });
}

Deno.test("ERRNO has no two names for one number", () => {
  const values = Object.values(ERRNO);
  assertEquals(new Set(values).size, values.length);
});

Deno.test("errnoNames() names every number of ERRNO, and gives others a name of their own", () => {
  const errnoName = errnoNames(ERRNO);
  for (const [name, errno] of Object.entries(ERRNO)) assertEquals(errnoName(errno), name);
  assertEquals(errnoName(4095), "E4095");
});
