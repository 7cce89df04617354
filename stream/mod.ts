/**
 * Streams: what gives one item after the other, and how to transform it.
 *
 * @module
 */

export { End, Source } from "../future/source.ts";
