/**
 * UDP echo on `Deno.listenDatagram`. Needs `--unstable-net`.
 *
 * @module
 */

import { portFromArgs, sayWhere } from "./listening.ts";

/** The part of the unstable API this server uses, so that it checks without the unstable types. */
interface Datagrams {
  listenDatagram(options: { transport: "udp"; hostname: string; port: number }): {
    readonly addr: Deno.NetAddr;
    receive(buffer: Uint8Array): Promise<[Uint8Array, Deno.NetAddr]>;
    send(datagram: Uint8Array, to: Deno.NetAddr): Promise<number>;
  };
}

const { listenDatagram } = Deno as unknown as Datagrams;
const socket = listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: portFromArgs() });
sayWhere(socket.addr.port);
const buffer = new Uint8Array(65536);
while (true) {
  const [datagram, from] = await socket.receive(buffer);
  await socket.send(datagram, from);
}
