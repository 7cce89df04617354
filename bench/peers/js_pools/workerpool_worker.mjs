/**
 * The functions as workerpool wants them: registered in the worker.
 *
 * @module
 */

import * as functions from "./functions.mjs";

const { default: workerpool } = await import("workerpool");
const { tiny, hash, mandelbrot, sortPart, mergeHalf } = functions;

workerpool.worker({ tiny, hash, mandelbrot, sortPart, mergeHalf });
