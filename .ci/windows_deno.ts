/**
 * Brings Deno for Windows to a Debian machine, where Wine runs it, so that the tests meet a second
 * operating system.
 *
 * ```text
 * deno run -A .ci/windows_deno.ts [FOLDER]
 * ```
 *
 * The last line that it prints is the path of a command that takes Deno's arguments. What is in the
 * folder already is not done again.
 *
 * @module
 */

// It tells what it does.
// deno-lint-ignore-file no-console

/** The latest whose build for Windows is published beside the others. */
const VERSION = "2.9.5";

/** The commands that are needed, and the Debian packages that have them. */
const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  wine: ["wine", "wine64"],
  "x86_64-w64-mingw32-gcc": ["gcc-mingw-w64-x86-64"],
};

/**
 * What every Wine process is told: no debug messages, no debugger that waits for somebody, no
 * installers for .NET and HTML, no window system.
 */
const WINE = {
  WINEARCH: "win64",
  WINEDEBUG: "-all",
  WINEDLLOVERRIDES: "winedbg.exe,mscoree,mshtml=d",
  DISPLAY: "",
};

/** Deno asks this library for random numbers, and Wine 8 does not have it. */
const RANDOM_LIBRARY = `
#include <windows.h>
#include <ntsecapi.h>

__declspec(dllexport) BOOL WINAPI ProcessPrng(BYTE *data, SIZE_T length) {
  const ULONG most = 1 << 20;
  for (; length > most; data += most, length -= most)
    if (!RtlGenRandom(data, most)) return FALSE;
  return RtlGenRandom(data, (ULONG)length) ? TRUE : FALSE;
}
`;

/** Where everything is. */
interface Places {
  /** Deno and the library beside it. */
  readonly program: string;
  /** What npm brings. */
  readonly packages: string;
  /** The drive and the registry of Wine. */
  readonly prefix: string;
  /** The command. */
  readonly command: string;
}

async function bring(folder: string): Promise<string> {
  await Deno.mkdir(folder, { recursive: true });
  const root = await Deno.realPath(folder);
  const places: Places = {
    program: `${root}/${VERSION}`,
    packages: `${root}/npm`,
    prefix: `${root}/wine`,
    command: `${root}/deno`,
  };
  await installPackages();
  await Deno.mkdir(places.program, { recursive: true });
  await once(`${places.program}/deno.exe`, (path) => buildProgram(places, path));
  await once(`${places.program}/bcryptprimitives.dll`, buildLibrary);
  await once(places.prefix, makePrefix);
  await Deno.writeTextFile(places.command, commandText(places), { mode: 0o755 });
  await probe(places);
  return places.command;
}

/** Makes `path` by `make`, which gets another name for it, so that half of it is never found. */
async function once(path: string, make: (path: string) => Promise<void>): Promise<void> {
  if (await exists(path)) return;
  const unfinished = `${path}.unfinished`;
  if (await exists(unfinished)) await Deno.remove(unfinished, { recursive: true });
  console.log(`Making ${path}`);
  await make(unfinished);
  await Deno.rename(unfinished, path);
}

async function installPackages(): Promise<void> {
  const missing: string[] = [];
  for (const [command, packages] of Object.entries(COMMANDS)) {
    if (!await has(command)) missing.push(...packages);
  }
  if (missing.length === 0) return;
  console.log(`Installing ${missing.join(", ")}`);
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  await run("apt-get", ["update", "-qq"], env);
  await run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...missing], env);
}

async function has(command: string): Promise<boolean> {
  const { success } = await new Deno.Command("which", {
    args: [command],
    stdout: "null",
    stderr: "null",
  }).output();
  return success;
}

/**
 * Wine 8 offers `VirtualAlloc2` without the placeholders that V8 wants of it. V8 asks for the
 * function by name and goes on without where there is none, so it is given a name that nobody has.
 */
async function buildProgram({ packages }: Places, path: string): Promise<void> {
  await Deno.mkdir(packages, { recursive: true });
  const target = ["--os=win32", "--cpu=x64", "--force", "--no-save", "--prefix", packages];
  await run("npm", ["install", "--loglevel=error", ...target, `@deno/win32-x64@${VERSION}`]);
  const program = await Deno.readFile(`${packages}/node_modules/@deno/win32-x64/deno.exe`);
  const found = placesOf(program, new TextEncoder().encode("VirtualAlloc2\0"));
  if (found.length !== 1) {
    throw new Error(`Cannot prepare Deno ${VERSION}: VirtualAlloc2 is in it ${found.length} times`);
  }
  program.set(new TextEncoder().encode("VirtualAllocX"), found[0]);
  await Deno.writeFile(path, program, { mode: 0o755 });
}

function placesOf(data: Uint8Array, wanted: Uint8Array): number[] {
  const found: number[] = [];
  let at = data.indexOf(wanted[0]!);
  while (at >= 0) {
    if (wanted.every((byte, i) => data[at + i] === byte)) found.push(at);
    at = data.indexOf(wanted[0]!, at + 1);
  }
  return found;
}

async function buildLibrary(path: string): Promise<void> {
  const source = `${path}.c`;
  await Deno.writeTextFile(source, RANDOM_LIBRARY);
  await run("x86_64-w64-mingw32-gcc", ["-shared", "-O2", "-s", "-o", path, source, "-ladvapi32"]);
  await Deno.remove(source);
}

async function makePrefix(path: string): Promise<void> {
  const env = { ...WINE, WINEPREFIX: path };
  await run("wine", ["wineboot", "--init"], env);
  // The registry is written when the last process has gone, and the folder is renamed then.
  await run("wineserver", ["--wait"], env);
}

/**
 * The first process of a prefix starts services, which keep its output open for seconds after it has
 * ended; so that is not Deno. Deno would also copy itself into its cache at every start, as `node`,
 * for a rename that fails in Wine.
 */
function commandText({ program, prefix }: Places): string {
  const variables = { ...WINE, WINEPREFIX: prefix, DENO_DISABLE_NODE_SHIM: "1", NO_COLOR: "1" };
  const lines = Object.entries(variables).map(([name, value]) => `export ${name}='${value}'`);
  return [
    "#!/bin/sh",
    ...lines,
    "unset DENO_DIR",
    "wine cmd /c exit </dev/null >/dev/null 2>&1",
    `exec wine '${program}/deno.exe' "$@"`,
    "",
  ].join("\n");
}

async function probe({ command }: Places): Promise<void> {
  const code = "console.log(Deno.build.os, Deno.version.deno)";
  const { stdout } = await new Deno.Command(command, { args: ["eval", code] }).output();
  const answer = new TextDecoder().decode(stdout).trim();
  if (answer === `windows ${VERSION}`) return;
  throw new Error(`Cannot run Deno for Windows: it answered "${answer}"`);
}

async function run(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const { success, stdout, stderr } = await new Deno.Command(command, {
    args: [...args],
    env,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  if (success) return;
  const decoder = new TextDecoder();
  console.error(decoder.decode(stdout).slice(-2000), decoder.decode(stderr).slice(-2000));
  throw new Error(`Cannot bring Deno for Windows: "${command} ${args.join(" ")}" failed`);
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

if (import.meta.main) {
  const folder = new URL("../node_modules/.cache/windows_deno", import.meta.url).pathname;
  console.log(await bring(Deno.args[0] ?? folder));
}
