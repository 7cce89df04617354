/**
 * Programs of their own, for what one process cannot ask of itself: whether it ends, and what its
 * idle costs.
 *
 * @module
 */

const ROOT = new URL("../..", import.meta.url);

/** How a program ended. */
export interface Ending {
  /** Its exit code. */
  readonly code: number;
  /** What it wrote to its standard output. */
  readonly output: string;
  /** What it wrote to its standard error. */
  readonly errors: string;
}

/**
 * Runs a module with all permissions and waits until it ends by itself.
 *
 * @param source The module; its imports are relative to the root of the project.
 * @param signal Kills it, for a program that is expected to stay.
 */
export async function program(source: string, signal?: AbortSignal): Promise<Ending> {
  await using child = start(source, signal);
  const [output, errors, { code }] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.status,
  ]);
  return { code, output, errors };
}

/** Starts a module as {@linkcode program} does, and answers with the process. */
export function start(source: string, signal?: AbortSignal): Deno.ChildProcess {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--ext=ts", dataUrl(source)],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    ...(signal === undefined ? {} : { signal }),
  });
  return command.spawn();
}

/** A module whose relative imports are resolved against the project. */
function dataUrl(source: string): string {
  const absolute = source.replaceAll(/from "\.\//g, `from "${ROOT}`);
  return `data:application/typescript;base64,${btoa(absolute)}`;
}
