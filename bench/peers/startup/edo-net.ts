/**
 * A server of one connection and one byte, on `net/` of edo alone.
 *
 * @module
 */

import { TcpListener } from "../../../net/mod.ts";
import { portFromArgs } from "../deno/listening.ts";

using listener = await TcpListener.bind(`127.0.0.1:${portFromArgs()}`);
const [stream] = await listener.accept();
using owned = stream;
const byte = new Uint8Array(1);
await owned.read(byte);
await owned.writeAll(byte);
