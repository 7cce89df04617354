/**
 * Testing what runs on edo: futures polled by hand, time that obeys, scripted peers, leak guards.
 *
 * @module
 */

export type {} from "../future/mod.ts";
