/**
 * The functions as poolifier wants them: in a class of its own, with one argument.
 *
 * @module
 */

import * as functions from "./functions.mjs";

const { ThreadWorker } = await import("poolifier");

export default new ThreadWorker({
  tiny: (args) => functions.tiny(...args),
  hash: (args) => functions.hash(...args),
  mandelbrot: (args) => functions.mandelbrot(...args),
  sortPart: (args) => functions.sortPart(...args),
  mergeHalf: (args) => functions.mergeHalf(...args),
});
