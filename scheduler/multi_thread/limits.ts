/**
 * How many threads there may be.
 *
 * @module
 */

/** The most workers that a runtime can have. */
export const MAX_WORKERS = 128;

/** The most threads for work that blocks that a runtime can have. */
export const MAX_BLOCKING_THREADS = 128;
