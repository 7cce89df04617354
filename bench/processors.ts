/**
 * Which processor a program runs on.
 *
 * @module
 */

/** The processors this process may use, such as `[0, 1]`. */
export async function allowedProcessors(): Promise<number[]> {
  const status = await Deno.readTextFile("/proc/self/status");
  const list = status.match(/^Cpus_allowed_list:\s*(.*)$/m)?.[1] ?? "";
  return list.split(",").flatMap((range) => {
    const [first, last = first] = range.split("-").map(Number);
    return Array.from({ length: last! - first! + 1 }, (_, i) => first! + i);
  });
}

/**
 * The command line that runs `command` on a list of processors such as `0` or `0,1`, allowed as many
 * open files as the system grants. Shell and taskset replace themselves, so the process id is the
 * program's own.
 */
export function pinned(processors: string, command: string, args: readonly string[]): string[] {
  const raiseLimit = 'ulimit -n "$(ulimit -Hn)"; exec "$@"';
  return ["sh", "-c", raiseLimit, "sh", "taskset", "-c", processors, command, ...args];
}
