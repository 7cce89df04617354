/**
 * Which processors the servers and the load run on.
 *
 * @module
 */

/** A processor for the servers, which take turns on it, and one for the load. */
export interface Split {
  readonly server: number;
  readonly load: number;
}

/** Two processors, if there are two and `taskset`, which Linux has, can choose them. */
export async function splitProcessors(): Promise<Split | undefined> {
  if (Deno.build.os !== "linux") return undefined;
  try {
    const { success, stdout } = await new Deno.Command("taskset", {
      args: ["-cp", String(Deno.pid)],
      stderr: "null",
    }).output();
    const [server, load] = success ? parseList(new TextDecoder().decode(stdout)) : [];
    return server === undefined || load === undefined ? undefined : { server, load };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Reads `"pid 1's current affinity list: 0-2,5"`. */
export function parseList(text: string): number[] {
  const list = text.trim().split(/\s+/).at(-1) ?? "";
  return list.split(",").flatMap((range) => {
    const [first = NaN, last = first] = range.split("-").map((text) => parseInt(text, 10));
    return first <= last ? Array.from({ length: last - first + 1 }, (_, i) => first + i) : [];
  });
}
