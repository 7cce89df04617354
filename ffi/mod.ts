/**
 * The boundary to the operating system.
 *
 * @module
 */

import { preload } from "./choose.ts";

export type {
  Backend,
  Endpoint,
  Family,
  Resolver,
  Selector,
  SocketOption,
  Sockets,
} from "./backend.ts";
export {
  ERROR,
  FAILED,
  PRIORITY,
  READ_CLOSED,
  READABLE,
  WOULD_BLOCK,
  WRITABLE,
  WRITE_CLOSED,
} from "./backend.ts";
export { backend } from "./choose.ts";
export type {
  NamedPipes,
  PipeCreation,
  PipeFacts,
  PipeHandle,
  PipeOpening,
} from "./named_pipes.ts";
export { FfiUnavailableError } from "./library.ts";
export { type Failure, isOsError, type OsError } from "./os_error.ts";

preload();
