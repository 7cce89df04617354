/**
 * One open end of a named pipe, and its registration.
 *
 * @module
 */

import { backend } from "../../ffi/choose.ts";
import { FfiUnavailableError } from "../../ffi/library.ts";
import type { NamedPipes, PipeHandle } from "../../ffi/named_pipes.ts";
import { closedError, type OsError, osError } from "../../ffi/os_error.ts";
import { requireFile } from "../../host/permissions.ts";
import { Registration } from "../../reactor/registration.ts";
import { isolate } from "../../scheduler/isolate.ts";

/** A registered end with an owner: it is closed once. */
export class PipeSource extends Registration {
  /** The system's calls. */
  declare readonly calls: PipeHandle;
  /** Its name, for messages. */
  declare readonly name: string;

  /** Registers an end; see {@linkcode openPipe}. */
  constructor(calls: PipeHandle, name: string) {
    super(isolate.driver.reactor, calls.handle);
    this.calls = calls;
    this.name = name;
    calls.onReady = (readiness) => this.dispatch(readiness);
  }

  /** Closes it; those who wait on it fail. Does nothing the second time. */
  override close(): void {
    if (!this.isOpen) return;
    super.close();
    if (!this.calls.close()) return;
    // Somebody has to look for the end of the last write.
    const { reactor } = isolate.driver;
    reactor.expect();
    this.calls.onReleased = () => reactor.done();
  }

  /** @throws {OsError} When it was closed. */
  check(): void {
    if (!this.isOpen) throw closedError();
  }

  /** The error of the call that has just failed. */
  failure(action: string): OsError {
    return pipeError(action, this.name, this.calls);
  }
}

/**
 * Opens an end and registers it.
 *
 * @param action What is attempted, for messages: `"create"`.
 * @param name `\\.\pipe\<name>`.
 * @param open Opens it.
 * @throws {TypeError} When the name is no string, or has a zero in it.
 * @throws {OsError} When the system refuses.
 * @throws {FfiUnavailableError} When this is not Windows.
 */
export function openPipe(
  action: string,
  name: string,
  open: (pipes: NamedPipes) => PipeHandle | undefined,
): PipeSource {
  if (typeof name !== "string" || name === "" || name.includes("\0")) {
    throw new TypeError(`Cannot ${action} named pipe: its name must be a string without zeros`);
  }
  const system = backend();
  if (system.namedPipes === undefined) {
    throw new FfiUnavailableError(
      `Cannot ${action} named pipe "${name}": named pipes need Windows, this is ${system.os}`,
    );
  }
  requireFile("read", name);
  requireFile("write", name);
  const pipes = system.namedPipes(isolate.driver.reactor.selector);
  const handle = open(pipes);
  if (handle === undefined) throw pipeError(action, name, pipes);
  return new PipeSource(handle, name);
}

function pipeError(action: string, name: string, calls: Pick<NamedPipes, "lastFailure">): OsError {
  return osError(`Cannot ${action} named pipe "${name}"`, calls.lastFailure(), name);
}
