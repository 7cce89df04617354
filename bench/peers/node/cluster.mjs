/**
 * TCP echo on Node's `cluster`: the primary accepts and hands each connection to the next worker, a
 * process of its own, which echoes as `tcp.mjs` does.
 *
 * @module
 */

import cluster from "node:cluster";
import process from "node:process";

if (cluster.isPrimary) {
  const at = process.argv.indexOf("--workers");
  const workers = at < 0 ? 2 : Number(process.argv[at + 1]);
  let listening = 0;
  cluster.schedulingPolicy = cluster.SCHED_RR;
  // Workers that ask for port 0 all get the same one.
  cluster.on("listening", (_worker, { port }) => {
    if (++listening === workers) process.stdout.write(`listening on 127.0.0.1:${port}\n`);
  });
  cluster.on("exit", (_worker, code, signal) => {
    process.stderr.write(`a worker has ended: ${signal ?? code}\n`);
    process.exit(1);
  });
  // What a worker says of itself is not what the benchmark waits for.
  cluster.setupPrimary({ silent: true });
  for (let i = 0; i < workers; i++) cluster.fork().process.stderr.pipe(process.stderr);
} else {
  await import("./tcp.mjs");
}
