/**
 * Functions that remember how they were called.
 *
 * @module
 */

export * from "./_spy.ts";
export * from "./_spy_assertions.ts";
export * from "./_returns.ts";
