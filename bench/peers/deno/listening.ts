/**
 * What both Deno echo servers start with: `--port N` and the line that says where.
 *
 * @module
 */

/** The number after `--port`, or 0 for any free port. */
export function portFromArgs(): number {
  const at = Deno.args.indexOf("--port");
  return at < 0 ? 0 : Number(Deno.args[at + 1]);
}

/** The first line of every peer: the harness waits for it. */
export function sayWhere(port: number): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`listening on 127.0.0.1:${port}\n`));
}
