/**
 * Failures of the system as errors.
 *
 * @module
 */

import { assert, assertEquals, assertFalse, assertInstanceOf } from "@std/assert";
import { closedError, type Failure, isOsError, osError } from "../../ffi/os_error.ts";

const refused: Failure = { code: "ECONNREFUSED", errno: 111, syscall: "connect" };

/** For each code the class that Deno's own API throws for it. */
const CLASSES: [code: string, Class: new (message: string) => Error][] = [
  ["EPERM", Deno.errors.PermissionDenied],
  ["EACCES", Deno.errors.PermissionDenied],
  ["ENOENT", Deno.errors.NotFound],
  ["EINTR", Deno.errors.Interrupted],
  ["EBADF", Deno.errors.BadResource],
  ["EEXIST", Deno.errors.AlreadyExists],
  ["EPIPE", Deno.errors.BrokenPipe],
  ["EADDRINUSE", Deno.errors.AddrInUse],
  ["EADDRNOTAVAIL", Deno.errors.AddrNotAvailable],
  ["ENETUNREACH", Deno.errors.NetworkUnreachable],
  ["ECONNABORTED", Deno.errors.ConnectionAborted],
  ["ECONNRESET", Deno.errors.ConnectionReset],
  ["ECONNREFUSED", Deno.errors.ConnectionRefused],
  ["ENOTCONN", Deno.errors.NotConnected],
  ["ETIMEDOUT", Deno.errors.TimedOut],
  ["ENOTFOUND", Deno.errors.NotFound],
];

for (const [code, Class] of CLASSES) {
  Deno.test(`osError() makes a Deno.errors.${Class.name} of ${code}`, () => {
    const error = osError("Cannot try", { code, errno: 1, syscall: "attempt" });
    assertInstanceOf(error, Class);
    assertInstanceOf(error, Error);
    assertEquals(error.name, Class.name);
  });
}

Deno.test("osError() carries what the system said and the address", () => {
  const error = osError('Cannot connect to "127.0.0.1:1"', refused, "127.0.0.1:1");
  assertEquals(error.code, "ECONNREFUSED");
  assertEquals(error.errno, 111);
  assertEquals(error.syscall, "connect");
  assertEquals(error.address, "127.0.0.1:1");
});

Deno.test("osError() says what was attempted, what was found, and the code", () => {
  const { message } = osError("Cannot connect to 127.0.0.1:1", refused);
  assertEquals(message, "Cannot connect to 127.0.0.1:1: connection refused (ECONNREFUSED)");
});

Deno.test("osError() without an address has no such property", () => {
  assertFalse("address" in osError("Cannot connect", refused));
});

Deno.test("osError() makes a plain Error of a code that it does not know", () => {
  const error = osError("Cannot try", { code: "E4095", errno: 4095, syscall: "attempt" });
  assertEquals(error.constructor, Error);
  assertEquals(error.message, "Cannot try: the system call failed (E4095)");
});

Deno.test("osError() has a stack that begins with class and message", () => {
  const { stack } = osError("Cannot connect", refused);
  assert(stack?.startsWith("ConnectionRefused: Cannot connect: connection refused"), stack);
});

Deno.test("isOsError() tells errors of the system from all others", () => {
  assert(isOsError(osError("Cannot connect", refused)));
  assert(isOsError(closedError()));
  assertFalse(isOsError(new Deno.errors.ConnectionRefused("by someone else")));
  assertFalse(isOsError(new TypeError("Cannot use a value")));
  assertFalse(isOsError({ ...refused, message: "no error at all" }));
  assertFalse(isOsError(undefined));
});

Deno.test("closedError() is a BadResource that says so", () => {
  const error = closedError();
  assertInstanceOf(error, Deno.errors.BadResource);
  assertEquals(error.code, "EBADF");
  assertEquals(error.message, "Cannot use the handle: it is closed (EBADF)");
});
