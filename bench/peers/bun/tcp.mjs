/**
 * TCP echo on `Bun.listen`. A write takes what the socket has room for; the rest waits in
 * `socket.data` for the `drain` call, and reading stops meanwhile.
 *
 * @module
 */

import process from "node:process";

const at = process.argv.indexOf("--port");
const port = at < 0 ? 0 : Number(process.argv[at + 1]);

function write(socket, chunk) {
  const written = socket.write(chunk);
  if (written === chunk.length) return;
  socket.data = chunk.slice(Math.max(0, written)); // a copy: Bun uses the chunk's memory again
  socket.pause();
}

const server = Bun.listen({
  hostname: "127.0.0.1",
  port,
  socket: {
    open(socket) {
      socket.setNoDelay(true);
    },
    data: write,
    drain(socket) {
      const rest = socket.data;
      if (!rest) return;
      socket.data = undefined;
      socket.resume();
      write(socket, rest);
    },
    error() {},
  },
});
process.stdout.write(`listening on 127.0.0.1:${server.port}\n`);
