/**
 * The TCP echo server on `Deno.listen` beside the host's timers, `fetch` and `Deno.serve`.
 *
 * @module
 */

import { serveMeasurements } from "./serve.ts";

serveMeasurements();
await import("../deno/tcp.ts");
