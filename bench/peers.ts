/**
 * Who takes part in the echo benchmarks, and how each of them is started.
 *
 * @module
 */

import { build, ROOT, WORK } from "./build.ts";
import { type NodeFfi, packagePeer } from "./npm_package.ts";
import { err } from "./out.ts";
import type { Absence } from "./report.ts";
import { findBun, findCompiler, findNode, type Missing, type Tool } from "./tools.ts";

/** What is echoed: a byte stream or datagrams. */
export type Transport = "tcp" | "udp";

/** A server that can be started. It adds `--port 0` and says where it listens. */
export interface Peer {
  readonly command: string;
  readonly args: readonly string[];
  /** Which version of what, for the record. */
  readonly version: string;
}

const STREAMS_ONLY: Missing = { missing: "it has connections only" };

type Finder = (transport: Transport) => Promise<Peer | Missing>;

const FINDERS: Readonly<Record<string, Finder>> = {
  "c-epoll": findC,
  "edo-yield": (transport) => edo("yield", transport),
  "edo-await": (transport) => edo("await", transport),
  "edo-poll": (transport) => edo("poll", transport),
  "edo-threads": edoThreads,
  "edo-bun": onBun("yield"),
  "edo-bun-await": onBun("await"),
  "edo-node": onNode("yield", "node:ffi"),
  "edo-node-await": onNode("await", "node:ffi"),
  "edo-koffi": onNode("yield", "koffi"),
  "edo-koffi-await": onNode("await", "koffi"),
  "tokio": (transport) => tokio(transport, []),
  "tokio-mt": (transport) => tokio(transport, ["--multi-thread"]),
  "go": findGo,
  "bun": async (transport) => script(await findBun(WORK), `bun/${transport}.mjs`),
  "deno": findDeno,
  "node": async (transport) => script(await findNode(), `node/${transport}.mjs`),
  "node-cluster": nodeCluster,
};

/** Every implementation, in the order of the tables. */
export const IMPLS: readonly string[] = Object.keys(FINDERS);

/** Those of edo on another host than Deno. */
const ELSEWHERE = /^edo-(bun|node|koffi)/;

/** Those with a worker for each processor. */
const WITH_WORKERS = ["edo-threads", "node-cluster"];

/**
 * Those that take part when none are named: workers are of no use on the one processor of `split`,
 * and edo's npm package is compared to its host's own servers.
 */
export const USUAL_IMPLS: readonly string[] = IMPLS.filter((impl) =>
  !WITH_WORKERS.includes(impl) && !ELSEWHERE.test(impl)
);

/** The implementation that the others are measured against. */
export const BASELINE = "c-epoll";

/** Finds (and builds, if need be) one implementation. */
export function findPeer(impl: string, transport: Transport): Promise<Peer | Missing> {
  return FINDERS[impl]!(transport);
}

/** Looks for each; those that are not there are told at once, and do not end the benchmark. */
export async function findPeers<P extends object>(
  impls: readonly string[],
  find: (impl: string) => Promise<P | Missing>,
): Promise<{ peers: Map<string, P>; missing: Absence[] }> {
  const peers = new Map<string, P>();
  const missing: Absence[] = [];
  for (const impl of impls) {
    const peer = await find(impl);
    if ("missing" in peer) {
      missing.push({ impl, why: peer.missing });
      err(`${impl} is missing: ${peer.missing}`);
    } else {
      peers.set(impl, peer);
    }
  }
  return { peers, missing };
}

/** Deno by its real path: what PATH has may be a wrapper, whose CPU time says nothing. */
function edo(style: string, transport: Transport): Promise<Peer> {
  const script = `${ROOT}examples/echo_server.ts`;
  const args = ["run", "--allow-net", "--allow-ffi", script, "--style", style];
  if (transport === "udp") args.push("--udp");
  return Promise.resolve({ command: Deno.execPath(), args, version: denoVersion() });
}

/** Accepts in one isolate and echoes in workers, one for each processor. */
function edoThreads(transport: Transport): Promise<Peer | Missing> {
  if (transport === "udp") return Promise.resolve(STREAMS_ONLY);
  const threads = String(navigator.hardwareConcurrency);
  const script = `${ROOT}examples/echo_server.ts`;
  const args = ["run", "-A", script, "--style", "yield", "--threads", threads];
  return Promise.resolve({ command: Deno.execPath(), args, version: denoVersion() });
}

/** edo's npm package on Bun. */
function onBun(style: "await" | "yield"): Finder {
  return async (transport) =>
    transport === "udp" ? STREAMS_ONLY : await packagePeer(await findBun(WORK), style);
}

/** edo's npm package on Node: `$EDO_NODE`, or the one on PATH. */
function onNode(style: "await" | "yield", ffi: NodeFfi): Finder {
  return async (transport) =>
    transport === "udp" ? STREAMS_ONLY : await packagePeer(await findNode(), style, ffi);
}

/** Accepts in one process and echoes in as many others as there are processors. */
async function nodeCluster(transport: Transport): Promise<Peer | Missing> {
  if (transport === "udp") return STREAMS_ONLY;
  const peer = script(await findNode(), "node/cluster.mjs");
  if ("missing" in peer) return peer;
  return { ...peer, args: [...peer.args, "--workers", String(navigator.hardwareConcurrency)] };
}

function findDeno(transport: Transport): Promise<Peer> {
  const script = `${ROOT}bench/peers/deno/${transport}.ts`;
  const args = ["run", "--allow-net", "--unstable-net", script];
  return Promise.resolve({ command: Deno.execPath(), args, version: denoVersion() });
}

/** The Deno that runs the benchmark, for the record. */
export function denoVersion(): string {
  return `deno ${Deno.version.deno}`;
}

async function findC(transport: Transport): Promise<Peer | Missing> {
  const program = transport === "tcp" ? "c-epoll" : "c-udp";
  return await built("c", program, [], await versionOf(["cc", "gcc", "clang"], "--version"));
}

/** A program among those of Tokio. */
export async function tokio(
  program: Transport | "timers" | "primitives" | "multi",
  args: readonly string[],
): Promise<Peer | Missing> {
  const manifest = await Deno.readTextFile(`${ROOT}bench/peers/tokio/Cargo.toml`);
  const version = manifest.match(/tokio = .*?"=([\d.]+)"/)?.[1] ?? "";
  return await built("tokio", `tokio-${program}`, args, `tokio ${version}`);
}

async function findGo(transport: Transport): Promise<Peer | Missing> {
  return await built("go", `go-${transport}`, [], await versionOf(["go"], "version"));
}

async function versionOf(names: readonly string[], flag: string): Promise<string> {
  const compiler = await findCompiler(names, flag);
  return "missing" in compiler ? "" : compiler.version;
}

async function built(
  product: "c" | "tokio" | "go",
  program: string,
  args: readonly string[],
  version: string,
): Promise<Peer | Missing> {
  return await build(product) ?? { command: `${WORK}/${program}`, args, version };
}

/** A script under `bench/peers/`, run by a tool. */
export function script(tool: Tool | Missing, path: string): Peer | Missing {
  if ("missing" in tool) return tool;
  return { command: tool.path, args: [`${ROOT}bench/peers/${path}`], version: tool.version };
}
