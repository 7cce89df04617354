/**
 * TCP echo on `Deno.listen`: raw `read` and `write`, one 64 KiB buffer per connection.
 *
 * @module
 */

import { portFromArgs, sayWhere } from "./listening.ts";

async function writeAll(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  let written = await connection.write(bytes);
  while (written < bytes.length) written += await connection.write(bytes.subarray(written));
}

async function echo(connection: Deno.TcpConn): Promise<void> {
  using owned = connection;
  owned.setNoDelay(true);
  const buffer = new Uint8Array(65536);
  try {
    for (let n = await owned.read(buffer); n !== null; n = await owned.read(buffer)) {
      await writeAll(owned, buffer.subarray(0, n));
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.ConnectionReset)) throw error;
  }
}

const listener = Deno.listen({ hostname: "127.0.0.1", port: portFromArgs() });
sayWhere(listener.addr.port);
for await (const connection of listener) echo(connection);
