/**
 * TCP and UDP over the operating system's own sockets.
 *
 * @module
 */

export { type Failure, isOsError, type OsError } from "../ffi/os_error.ts";
export { lookupHost, type ToSocketAddrs } from "./lookup.ts";
export { ReadBuf } from "./read_buf.ts";
export { ReadHalf } from "./read_half.ts";
export { SocketAddr } from "./socket_addr.ts";
export { type ListenOptions, TcpListener } from "./tcp_listener.ts";
export type { KeepAlive } from "./tcp_options.ts";
export { OwnedReadHalf, OwnedWriteHalf, ReuniteError } from "./tcp_split.ts";
export { TcpSocket } from "./tcp_socket.ts";
export { TcpStream } from "./tcp_stream.ts";
export { DatagramTooLargeError } from "./udp_ops.ts";
export { type UdpOptions, UdpSocket } from "./udp_socket.ts";
export { type WriteAll, WriteHalf } from "./write_half.ts";
