/**
 * How sockets become non-blocking and closed in child processes, by flags and by steps.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { CONSTANTS as DARWIN } from "../../ffi/darwin/abi.ts";
import { CONSTANTS as FREEBSD } from "../../ffi/freebsd/abi.ts";
import { descriptorsByFlags, descriptorsBySteps } from "../../ffi/unix/descriptors.ts";

/** A libc that notes its calls and answers what it is told. */
function scripted(answers: Record<string, number> = {}) {
  const calls: [string, ...number[]][] = [];
  const answer = (name: string, fallback: number) => (...args: unknown[]): number => {
    const numbers = args.filter((argument) => typeof argument === "number");
    calls.push([name, ...numbers]);
    return answers[`${name} ${numbers[1]}`] ?? answers[name] ?? fallback;
  };
  return {
    calls,
    socket: answer("socket", 7),
    accept: answer("accept", 8),
    accept4: answer("accept4", 8),
    close: answer("close", 0),
    fcntl: answer("fcntl", 0),
    prepare: answer("prepare", 0),
  };
}

function bySteps(answers: Record<string, number> = {}) {
  const libc = scripted(answers);
  return { libc, descriptors: descriptorsBySteps(libc, DARWIN, libc.prepare) };
}

const { F_SETFD, F_GETFL, F_SETFL, FD_CLOEXEC, F_DUPFD_CLOEXEC, O_NONBLOCK } = DARWIN;

Deno.test("descriptorsByFlags() makes and accepts sockets by one call each", () => {
  const libc = scripted();
  const descriptors = descriptorsByFlags(libc, FREEBSD);
  const flags = FREEBSD.SOCK_NONBLOCK | FREEBSD.SOCK_CLOEXEC;
  assertEquals([descriptors.socket(2, 1), descriptors.accept(7, null, null)], [7, 8]);
  assertEquals(libc.calls, [["socket", 2, 1 | flags, 0], ["accept4", 7, flags]]);
});

Deno.test("descriptorsBySteps() sets what flags would have set, and prepares the socket", () => {
  const { libc, descriptors } = bySteps({ [`fcntl ${F_GETFL}`]: 2 });
  assertEquals(descriptors.socket(30, 1), 7);
  assertEquals(libc.calls, [
    ["socket", 30, 1, 0],
    ["fcntl", 7, F_SETFD, FD_CLOEXEC],
    ["fcntl", 7, F_GETFL, 0],
    ["fcntl", 7, F_SETFL, 2 | O_NONBLOCK],
    ["prepare", 7],
  ]);
});

Deno.test("descriptorsBySteps() does the same with an accepted connection", () => {
  const { libc, descriptors } = bySteps();
  assertEquals(descriptors.accept(7, null, null), 8);
  assertEquals(libc.calls.map(([name, fd]) => [name, fd]), [
    ["accept", 7],
    ["fcntl", 8],
    ["fcntl", 8],
    ["fcntl", 8],
    ["prepare", 8],
  ]);
});

for (const step of [`fcntl ${F_SETFD}`, `fcntl ${F_GETFL}`, `fcntl ${F_SETFL}`, "prepare"]) {
  Deno.test(`descriptorsBySteps() closes a socket that cannot be made ready, at ${step}`, () => {
    const { libc, descriptors } = bySteps({ [step]: -1 });
    assertEquals(descriptors.socket(2, 1), -1);
    assertEquals(libc.calls.at(-1), ["close", 7]);
  });
}

Deno.test("descriptorsBySteps() accepts a connection that takes no options any more", () => {
  const { libc, descriptors } = bySteps({ prepare: -1 });
  assertEquals(descriptors.accept(7, null, null), 8);
  assertEquals(libc.calls.at(-1), ["prepare", 8]);
});

Deno.test("descriptorsBySteps() does nothing more after a call that failed", () => {
  const { libc, descriptors } = bySteps({ accept: -1 });
  assertEquals(descriptors.accept(7, null, null), -1);
  assertEquals(libc.calls, [["accept", 7]]);
});

Deno.test("duplicate() asks for a descriptor that child processes do not get", () => {
  const { libc, descriptors } = bySteps({ fcntl: 9 });
  assertEquals(descriptors.duplicate(7), 9);
  assertEquals(libc.calls, [["fcntl", 7, F_DUPFD_CLOEXEC, 0]]);
});
