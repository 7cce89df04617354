/**
 * `examples/mandelbrot.ts`.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import { Program } from "./program.ts";

async function draw(workers: number): Promise<string[]> {
  const args = ["--width", "21", "--height", "11", "--workers", `${workers}`];
  await using program = new Program("mandelbrot.ts", args);
  const lines = await program.out.rest();
  assertEquals(await program.err.rest(), []);
  assertEquals(await program.code(), 0);
  assertMatch(lines.pop()!, new RegExp(`^21 x 11 points on ${workers} workers in \\d+ ms$`));
  return lines;
}

Deno.test("mandelbrot draws the same picture with any number of workers", async () => {
  const picture = await draw(1);
  assertEquals(await draw(3), picture);
  assertEquals(picture.length, 11);
  // It is symmetric, empty in the corners, and the origin belongs to the set.
  assertEquals(picture.toReversed(), picture);
  assertEquals([picture[0]![0], picture[5]![14]], [" ", "@"]);
});
