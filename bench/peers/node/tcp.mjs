/**
 * TCP echo on Node's `net`: each chunk is written back as it comes; a full socket stops the reading.
 *
 * @module
 */

import net from "node:net";
import process from "node:process";

const at = process.argv.indexOf("--port");
const port = at < 0 ? 0 : Number(process.argv[at + 1]);

const server = net.createServer({ noDelay: true, highWaterMark: 65536 }, (socket) => {
  socket.on("data", (chunk) => {
    if (!socket.write(chunk)) socket.pause();
  });
  socket.on("drain", () => socket.resume());
  socket.on("error", () => socket.destroy());
});

server.listen({ host: "127.0.0.1", port, backlog: 4096 }, () => {
  process.stdout.write(`listening on 127.0.0.1:${server.address().port}\n`);
});
