/**
 * Commands that may hang.
 *
 * @module
 */

/** How a command ended. */
export interface Ending {
  /** Its exit code; -1 when it was stopped because it took too long. */
  readonly code: number;
  /** What it wrote to its standard output. */
  readonly output: string;
  /** What it wrote to its standard error. */
  readonly errors: string;
}

/** Where and how long a command runs. */
export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Record<string, string>;
  /** Then it is killed. Default: five minutes. */
  readonly timeoutMs?: number;
}

/** Runs a command until it ends or its time is up. */
export async function run(
  command: string,
  args: readonly string[],
  { cwd, env, timeoutMs = 300_000 }: RunOptions = {},
): Promise<Ending> {
  const child = new Deno.Command(command, {
    args: [...args],
    ...cwd !== undefined && { cwd },
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    child.kill("SIGKILL");
  }, timeoutMs);
  const [output, errors, { code }] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.status,
  ]);
  clearTimeout(timer);
  return { code: late ? -1 : code, output, errors };
}

/** Does something for each item, with so many at a time. */
export async function inParallel<T>(
  items: Iterable<T>,
  most: number,
  body: (item: T) => Promise<void>,
): Promise<void> {
  const queue = [...items];
  const worker = async () => {
    for (let item; (item = queue.shift()) !== undefined;) await body(item);
  };
  await Promise.all(Array.from({ length: most }, worker));
}
