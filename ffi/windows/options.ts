/**
 * Options of sockets on Windows.
 *
 * @module
 */

import type { SocketOption } from "../backend.ts";
import { CONSTANTS, NEWER } from "./abi.ts";

const C = CONSTANTS;

/** Level and name of each option; `undefined` where Windows has no such thing. */
export const OPTIONS: Readonly<
  Record<SocketOption, readonly [level: number, name: number] | undefined>
> = {
  reuseAddress: [C.SOL_SOCKET, C.SO_REUSEADDR],
  reusePort: undefined,
  broadcast: [C.SOL_SOCKET, C.SO_BROADCAST],
  keepAlive: [C.SOL_SOCKET, C.SO_KEEPALIVE],
  keepAliveIdle: [C.IPPROTO_TCP, NEWER.TCP_KEEPIDLE],
  keepAliveInterval: [C.IPPROTO_TCP, NEWER.TCP_KEEPINTVL],
  keepAliveCount: [C.IPPROTO_TCP, NEWER.TCP_KEEPCNT],
  noDelay: [C.IPPROTO_TCP, C.TCP_NODELAY],
  quickAck: undefined,
  sendBufferSize: [C.SOL_SOCKET, C.SO_SNDBUF],
  receiveBufferSize: [C.SOL_SOCKET, C.SO_RCVBUF],
  ttl: [C.IPPROTO_IP, C.IP_TTL],
  hopLimit: [C.IPPROTO_IPV6, C.IPV6_UNICAST_HOPS],
  typeOfService: [C.IPPROTO_IP, C.IP_TOS],
  trafficClass: [C.IPPROTO_IPV6, NEWER.IPV6_TCLASS],
  v6Only: [C.IPPROTO_IPV6, C.IPV6_V6ONLY],
};
