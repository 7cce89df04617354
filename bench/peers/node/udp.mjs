/**
 * UDP echo on Node's `dgram`.
 *
 * @module
 */

import dgram from "node:dgram";
import process from "node:process";

const at = process.argv.indexOf("--port");
const port = at < 0 ? 0 : Number(process.argv[at + 1]);

const socket = dgram.createSocket("udp4");
socket.on("message", (message, from) => socket.send(message, from.port, from.address));
socket.bind(port, "127.0.0.1", () => {
  process.stdout.write(`listening on 127.0.0.1:${socket.address().port}\n`);
});
