/**
 * Synchronisation between the tasks of one isolate: locks, signals and channels.
 *
 * @module
 */

export type {} from "./permits.ts";
