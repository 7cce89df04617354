/**
 * The accept loop of the example servers.
 *
 * @module
 */

import { isOsError, sleep, type TcpListener, type TcpStream } from "../mod.ts";
import { warn } from "./cli.ts";

/** How long a failed accept is left alone. */
const REST_MS = 100;

/**
 * Hands every connection to `serve`, for ever. An accept that fails, as for want of descriptors,
 * leaves the connection in the queue: it is taken when there is room again.
 */
export async function acceptAll(
  listener: TcpListener,
  serve: (stream: TcpStream) => void,
): Promise<never> {
  let failed = false;
  while (true) {
    try {
      const [stream] = await listener.accept();
      failed = false;
      stream.setNodelay(true);
      serve(stream);
    } catch (error) {
      if (!isOsError(error) || error.code === "EBADF") throw error;
      if (error.code === "ECONNABORTED") continue;
      if (!failed) warn(error.message);
      failed = true;
      await sleep(REST_MS);
    }
  }
}
