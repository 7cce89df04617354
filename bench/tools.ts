/**
 * Other programs: where they are, which version, and running one to its end.
 *
 * @module
 */

/** A thing the benchmark can do without, and why it is not there. */
export interface Missing {
  readonly missing: string;
}

/** A program found on this machine. */
export interface Tool {
  readonly path: string;
  readonly version: string;
}

/** What a finished program left behind. */
export interface Finished {
  readonly success: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end, in the folder `cwd`, or until `signal` ends it. */
export async function runProgram(
  command: string,
  args: readonly string[],
  more: { readonly cwd?: string; readonly signal?: AbortSignal } = {},
): Promise<Finished> {
  const options = { ...more, args: [...args] };
  const { success, stdout, stderr } = await new Deno.Command(command, options).output();
  const decoder = new TextDecoder();
  return { success, stdout: decoder.decode(stdout).trim(), stderr: decoder.decode(stderr).trim() };
}

/** The last line, which is where most programs say what went wrong. */
export function lastLine(text: string): string {
  return text.trimEnd().split("\n").at(-1) ?? "";
}

/** The first line that says something: where Deno and Rust say what went wrong. */
export function firstLine(text: string): string {
  return text.split("\n").find((line) => line.trim() !== "") ?? "it said nothing";
}

/** The full path of a program on PATH. */
export async function findOnPath(name: string): Promise<string | undefined> {
  for (const folder of (Deno.env.get("PATH") ?? "").split(":")) {
    const path = `${folder}/${name}`;
    if (await isFile(path)) return path;
  }
  return undefined;
}

/** Whether there is a file (or a link to one) at this path. */
export async function isFile(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch {
    return false;
  }
}

/** The first of these compilers on PATH, with the first line it prints about its version. */
export async function findCompiler(
  names: readonly string[],
  versionFlag: string,
): Promise<Tool | Missing> {
  for (const name of names) {
    const path = await findOnPath(name);
    if (path === undefined) continue;
    const { success, stdout } = await runProgram(path, [versionFlag]);
    if (success) return { path, version: stdout.split("\n")[0] ?? "" };
  }
  return { missing: `no ${names.join(" or ")} on PATH` };
}

/** Node: `$EDO_NODE`, or whichever version PATH has. */
export async function findNode(): Promise<Tool | Missing> {
  const path = Deno.env.get("EDO_NODE") ?? await findOnPath("node");
  if (path === undefined) return { missing: "no node on PATH or at $EDO_NODE" };
  return await askRuntime("node", path);
}

/** Bun: `$EDO_BUN`, else PATH, else an earlier or a fresh npm install under `.bench/npm`. */
export async function findBun(workFolder: string): Promise<Tool | Missing> {
  const installed = `${workFolder}/npm/node_modules/.bin/bun`;
  const path = Deno.env.get("EDO_BUN") ?? await findOnPath("bun");
  if (path !== undefined) return await askRuntime("bun", path);
  if (await isFile(installed)) return await askRuntime("bun", installed);
  const npm = await findOnPath("npm");
  if (npm === undefined) return { missing: "no bun on PATH or at $EDO_BUN, and no npm to get it" };
  const args = ["install", "--no-save", "--prefix", `${workFolder}/npm`, "bun@1.4.5"];
  const { success, stderr } = await runProgram(npm, args);
  if (!success) return { missing: `npm install bun failed: ${lastLine(stderr)}` };
  return await askRuntime("bun", installed);
}

/**
 * The binary behind a command that may be a wrapper script: we start the binary itself, so that
 * the process whose CPU is counted is the one that works.
 */
async function askRuntime(name: string, path: string): Promise<Tool | Missing> {
  const question = "process.stdout.write(process.execPath)";
  try {
    const binary = await runProgram(path, ["-e", question]);
    const version = await runProgram(path, ["--version"]);
    if (!binary.success || binary.stdout === "") throw new Error(lastLine(binary.stderr));
    return { path: binary.stdout, version: `${name} ${version.stdout.replace(/^v/, "")}` };
  } catch (error) {
    return { missing: `${path} does not run: ${(error as Error).message}` };
  }
}
