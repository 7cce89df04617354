/**
 * UDP echo on `Bun.udpSocket`.
 *
 * @module
 */

import process from "node:process";

const at = process.argv.indexOf("--port");
const port = at < 0 ? 0 : Number(process.argv[at + 1]);

const socket = await Bun.udpSocket({
  hostname: "127.0.0.1",
  port,
  socket: {
    data(self, datagram, fromPort, fromAddress) {
      self.send(datagram, fromPort, fromAddress);
    },
  },
});
process.stdout.write(`listening on 127.0.0.1:${socket.port}\n`);
