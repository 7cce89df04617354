/**
 * The host's side: an HTTP server that answers at once, and measures when asked.
 *
 * @module
 */

import { measureLatencies } from "./latencies.ts";

/**
 * Serves HTTP on the port after `--http-port`: `/measure?seconds=S` answers, when they have passed,
 * with the latencies seen meanwhile; anything else answers at once.
 */
export function serveMeasurements(): void {
  const port = Number(Deno.args[Deno.args.indexOf("--http-port") + 1]);
  const answer = async (request: Request): Promise<Response> => {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname !== "/measure") return new Response("here");
    const seconds = Number(searchParams.get("seconds"));
    return Response.json(await measureLatencies(seconds, `http://127.0.0.1:${port}/`));
  };
  Deno.serve({ hostname: "127.0.0.1", port, onListen() {} }, answer);
}
