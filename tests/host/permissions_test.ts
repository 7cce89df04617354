/**
 * The host's sandbox holds for edo as it does for the host's own API.
 *
 * @module
 */

import { assert, assertEquals, assertInstanceOf, assertMatch, assertThrows } from "@std/assert";
import { stub } from "@std/testing/mock";
import type { HostGlobal } from "../../host/global.ts";
import { requireNet } from "../../host/permissions.ts";
import { runFixture } from "../ffi/_subprocess.ts";
import { needs } from "../helpers/needs.ts";

const { ignore } = needs("sockets");
const program = new URL("fixtures/net_permission.ts", import.meta.url);

type Outcomes = Record<string, string>;

/** Runs the program, which tries to use `host`. */
function attempts(flags: string[], ...args: string[]): Promise<Outcomes> {
  return runFixture<Outcomes>(program, { flags, args });
}

const REQUIRED = /^NotCapable: Requires net access to "127\.0\.0\.1:[01]", run again with/;

Deno.test("without --allow-net nothing gets as far as a system call", { ignore }, async () => {
  // The permission for FFI is missing too: a call would say so.
  const outcomes = await attempts([]);
  for (const [attempt, outcome] of Object.entries(outcomes)) {
    if (attempt.startsWith("TcpSocket")) continue; // opens a socket, which reaches nobody
    assertMatch(outcome, REQUIRED, attempt);
  }
});

Deno.test("without --allow-net every address is refused", { ignore }, async () => {
  const outcomes = await attempts(["--allow-ffi"]);
  for (const [attempt, outcome] of Object.entries(outcomes)) {
    assertMatch(outcome, REQUIRED, attempt);
  }
});

Deno.test("without --allow-net edo says what Deno says", { ignore }, async () => {
  const outcomes = await attempts(["--allow-ffi"]);
  assertEquals(outcomes["TcpListener.bind"], outcomes["Deno.listen"]);
  assertEquals(outcomes["UdpSocket.bind"], outcomes["Deno.listen"]);
});

Deno.test("with --allow-net=host that host may be used", { ignore }, async () => {
  const outcomes = await attempts(["--allow-ffi", "--allow-net=127.0.0.1"]);
  for (const [attempt, outcome] of Object.entries(outcomes)) {
    if (attempt.startsWith("Tcp") && attempt.endsWith(".connect")) {
      assertMatch(outcome, /^ConnectionRefused: /, attempt);
    } else assertEquals(outcome, "ok", attempt);
  }
});

Deno.test("with --allow-net=host others may not be used", { ignore }, async () => {
  // The sender of datagrams is bound to the host that is granted.
  const outcomes = await attempts(
    ["--allow-ffi", "--allow-net=127.0.0.1"],
    "127.0.0.2",
    "127.0.0.1:0",
  );
  for (const [attempt, outcome] of Object.entries(outcomes)) {
    assertMatch(outcome, /^NotCapable: Requires net access to "127\.0\.0\.2:[01]"/, attempt);
  }
});

Deno.test("with --allow-net=host:port other ports may not be used", { ignore }, async () => {
  const outcomes = await attempts(["--allow-ffi", "--allow-net=127.0.0.1:1"]);
  assertMatch(outcomes["TcpListener.bind"]!, REQUIRED);
  assertMatch(outcomes["TcpStream.connect"]!, /^ConnectionRefused: /);
  assertEquals(outcomes["lookupHost"], "ok");
});

Deno.test("with --deny-net=host that host may not be used", { ignore }, async () => {
  const outcomes = await attempts(
    ["--allow-ffi", "--allow-net", "--deny-net=127.0.0.2"],
    "127.0.0.2",
    "127.0.0.1:0",
  );
  for (const [attempt, outcome] of Object.entries(outcomes)) {
    assertMatch(outcome, /^NotCapable: Requires net access to "127\.0\.0\.2:[01]"/, attempt);
  }
});

Deno.test("with --deny-net=host a name that leads to it may not be used", { ignore }, async () => {
  const outcomes = await attempts(
    ["--allow-ffi", "--allow-net", "--deny-net=127.0.0.1,[::1]"],
    "localhost",
    "0.0.0.0:0",
  );
  for (const attempt of ["Deno.listen", "TcpListener.bind", "TcpStream.connect"]) {
    assertMatch(outcomes[attempt]!, /^NotCapable: /, attempt);
  }
  assertMatch(outcomes["UdpSocket.bind"]!, /^NotCapable: /);
  assertMatch(outcomes["UdpSocket.sendTo"]!, /^NotCapable: /);
});

Deno.test("requireNet() asks for one address, and the user may grant it", () => {
  const asked: unknown[] = [];
  const status = (state: string) => ({ state }) as unknown as Deno.PermissionStatus;
  using _query = stub(Deno.permissions, "querySync", () => status("prompt"));
  using _request = stub(Deno.permissions, "requestSync", (descriptor) => {
    asked.push(descriptor);
    return status("granted");
  });
  requireNet("example.com:80");
  assertEquals(asked, [{ name: "net", host: "example.com:80" }]);
});

Deno.test("requireNet() throws NotCapable when the user refuses", () => {
  const status = (state: string) => ({ state }) as unknown as Deno.PermissionStatus;
  using _query = stub(Deno.permissions, "querySync", () => status("prompt"));
  using _request = stub(Deno.permissions, "requestSync", () => status("denied"));
  let thrown: unknown;
  try {
    requireNet("example.com:80");
  } catch (error) {
    thrown = error;
  }
  assertInstanceOf(thrown, Deno.errors.NotCapable);
  assert(thrown.message.includes('"example.com:80"'));
});

/** A Node that runs with `--permission` and grants `scopes`. */
function node(scopes: string[], flags: string[]): HostGlobal {
  const process = {
    versions: { node: "26.0.0" },
    permission: { has: (scope: string) => scopes.includes(scope) },
    allowedNodeEnvironmentFlags: new Set(flags),
  };
  return { process };
}

Deno.test("requireNet() fails as Node does where Node has not granted the network", () => {
  const refused = node(["fs"], ["--allow-net"]);
  const error = assertThrows(() => requireNet("127.0.0.1:80", refused), Error, "--allow-net");
  assertEquals({ ...error }, {
    code: "ERR_ACCESS_DENIED",
    permission: "Net",
    resource: "127.0.0.1:80",
  });
});

Deno.test("requireNet() is content where Node has granted the network, or knows no such grant", () => {
  requireNet("127.0.0.1:80", node(["net"], ["--allow-net"]));
  requireNet("127.0.0.1:80", node([], []));
  requireNet("127.0.0.1:80", {});
});
