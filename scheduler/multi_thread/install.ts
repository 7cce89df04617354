/**
 * Has runtimes find what is in this folder.
 *
 * @module
 */

import { installThreads, type RuntimeThreads, type ThreadOptions } from "../threads.ts";
import { BlockingPool } from "./blocking/pool.ts";
import { Pool } from "./pool.ts";
import { isAborted } from "./task_runner.ts";

installThreads({
  create({ workers, blocking: options }: ThreadOptions): RuntimeThreads {
    const blocking = new BlockingPool(options);
    const crew = workers && new Pool(workers, blocking);
    blocking.workers = crew;
    return { crew, blocking };
  },
  isAborted,
});
