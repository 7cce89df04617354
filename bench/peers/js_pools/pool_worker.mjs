/**
 * The functions as piscina and tinypool want them: exported, with one argument.
 *
 * @module
 */

import * as functions from "./functions.mjs";

export const tiny = (args) => functions.tiny(...args);
export const hash = (args) => functions.hash(...args);
export const mandelbrot = (args) => functions.mandelbrot(...args);
export const sortPart = (args) => functions.sortPart(...args);
export const mergeHalf = (args) => functions.mergeHalf(...args);
