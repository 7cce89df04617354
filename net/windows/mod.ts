/**
 * What only Windows has: named pipes, streams between processes that are found by a name. On other
 * systems opening one fails with an error that says so.
 *
 * Follows Tokio's `net::windows::named_pipe`.
 *
 * @module
 */

export { NamedPipe, type PipeEnd, type PipeInfo, type PipeMode } from "./named_pipe.ts";
export { ClientOptions, ERROR_PIPE_BUSY, NamedPipeClient } from "./named_pipe_client.ts";
export { NamedPipeServer, ServerOptions } from "./named_pipe_server.ts";
