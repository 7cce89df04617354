/**
 * What Linux tells about another process: memory, processor time, open files.
 *
 * @module
 */

/** The process and those that it has started, such as the workers of Node's `cluster`. */
export async function family(pid: number): Promise<number[]> {
  const pids = [pid];
  for await (const { name } of Deno.readDir("/proc")) {
    if (/^\d+$/.test(name) && await parentOf(name) === pid) pids.push(Number(name));
  }
  return pids;
}

/** The second field behind the name, which is in brackets and may have blanks. */
async function parentOf(pid: string): Promise<number | undefined> {
  try {
    const stat = await Deno.readTextFile(`/proc/${pid}/stat`);
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    return undefined; // it has ended meanwhile
  }
}

/** The sum of a figure of several processes. */
export async function total(
  figure: (pid: number) => Promise<number>,
  pids: readonly number[],
): Promise<number> {
  return (await Promise.all(pids.map(figure))).reduce((sum, value) => sum + value, 0);
}

/** Resident memory in KiB. */
export async function residentKib(pid: number): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  return Number(status.match(/^VmRSS:\s*(\d+) kB$/m)![1]);
}

/** Processor time of all threads that live, user and system, in milliseconds. */
export async function cpuMs(pid: number): Promise<number> {
  let nanoseconds = 0;
  for await (const { name } of Deno.readDir(`/proc/${pid}/task`)) {
    const text = await Deno.readTextFile(`/proc/${pid}/task/${name}/schedstat`);
    nanoseconds += Number(text.split(" ")[0]);
  }
  return nanoseconds / 1e6;
}

/** How many descriptors are open. */
export async function openFiles(pid: number): Promise<number> {
  return (await Array.fromAsync(Deno.readDir(`/proc/${pid}/fd`))).length;
}
