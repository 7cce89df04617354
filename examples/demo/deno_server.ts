/**
 * The echo server that edo is compared with: `Deno.listen`, one task per connection.
 *
 * @module
 */

import { say } from "../cli.ts";

async function echo(connection: Deno.TcpConn): Promise<void> {
  using owned = connection;
  owned.setNoDelay(true);
  const buffer = new Uint8Array(16 * 1024);
  try {
    for (let count; (count = await owned.read(buffer)) !== null;) {
      for (let rest = buffer.subarray(0, count); rest.length > 0;) {
        rest = rest.subarray(await owned.write(rest));
      }
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.ConnectionReset)) throw error;
  }
}

const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
say(`listening on 127.0.0.1:${listener.addr.port}`);
for await (const connection of listener) echo(connection);
