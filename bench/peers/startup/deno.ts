/**
 * A server of one connection and one byte, on `Deno.listen`.
 *
 * @module
 */

import { portFromArgs } from "../deno/listening.ts";

using listener = Deno.listen({ hostname: "127.0.0.1", port: portFromArgs() });
using connection = await listener.accept();
const byte = new Uint8Array(1);
await connection.read(byte);
await connection.write(byte);
