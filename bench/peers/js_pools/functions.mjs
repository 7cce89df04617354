/**
 * What the workers of the benchmark `multi` are asked to do. Every implementation in JavaScript runs
 * these very functions; those of Tokio give the same numbers.
 *
 * @module
 */

/** Hardly any work. */
export function tiny(i) {
  return i;
}

/** The bytes that are hashed at once, four blocks and the padding. */
export const BUFFER_BYTES = 256;

/** The first 32 bits of the fractional parts of the cube roots of the first 64 primes. */
const ROUND_CONSTANTS = fractions(64, Math.cbrt);

/** The same of the square roots of the first 8. */
const FIRST_STATE = fractions(8, Math.sqrt);

function fractions(count, root) {
  const words = new Int32Array(count);
  for (let found = 0, n = 2; found < count; n++) {
    if (isPrime(n)) words[found++] = (root(n) % 1) * 2 ** 32;
  }
  return words;
}

function isPrime(n) {
  for (let i = 2; i * i <= n; i++) if (n % i === 0) return false;
  return true;
}

const schedule = new Int32Array(64);

/** Works one block of 64 bytes into the state. */
function compress(state, view, offset) {
  for (let i = 0; i < 16; i++) schedule[i] = view.getInt32(offset + i * 4);
  for (let i = 16; i < 64; i++) {
    const x = schedule[i - 15];
    const y = schedule[i - 2];
    const s0 = (x >>> 7 | x << 25) ^ (x >>> 18 | x << 14) ^ x >>> 3;
    const s1 = (y >>> 17 | y << 15) ^ (y >>> 19 | y << 13) ^ y >>> 10;
    schedule[i] = schedule[i - 16] + s0 + schedule[i - 7] + s1;
  }
  let [a, b, c, d, e, f, g, h] = state;
  for (let i = 0; i < 64; i++) {
    const s1 = (e >>> 6 | e << 26) ^ (e >>> 11 | e << 21) ^ (e >>> 25 | e << 7);
    const t1 = h + s1 + (e & f ^ ~e & g) + ROUND_CONSTANTS[i] + schedule[i] | 0;
    const s0 = (a >>> 2 | a << 30) ^ (a >>> 13 | a << 19) ^ (a >>> 22 | a << 10);
    const t2 = s0 + (a & b ^ a & c ^ b & c) | 0;
    [h, g, f, e, d, c, b, a] = [g, f, e, d + t1 | 0, c, b, a, t1 + t2 | 0];
  }
  const sums = [a, b, c, d, e, f, g, h];
  for (let i = 0; i < 8; i++) state[i] += sums[i];
}

/** SHA-256 in JavaScript, so that it keeps the thread busy that calls it: eight words. */
export function sha256(bytes) {
  const padded = new Uint8Array(Math.ceil((bytes.length + 9) / 64) * 64);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 4, bytes.length * 8);
  const state = FIRST_STATE.slice();
  for (let offset = 0; offset < padded.length; offset += 64) compress(state, view, offset);
  return state;
}

/** Hashes the buffers `from`, `from + 1` …: the sum of the first words of their hashes. */
export function hash(from, count) {
  const bytes = new Uint8Array(BUFFER_BYTES);
  let sum = 0;
  for (let i = from; i < from + count; i++) {
    for (let at = 0; at < BUFFER_BYTES; at++) bytes[at] = i * 31 + at * 7;
    sum += sha256(bytes)[0] >>> 0;
  }
  return sum;
}

const LONG = 500;
const SHORT = 5;

/**
 * How many buffers task `i` of `imbalance` hashes. The long tasks are those that a pool gives to one
 * worker if it lets the workers take turns.
 */
export function buffersOf(i, workers) {
  return i % workers === 0 ? LONG : SHORT;
}

/** The picture has so many rows, and as many columns. */
export const PICTURE = 256;
const MOST_STEPS = 500;

/** One row of the Mandelbrot set: the sum of the steps that its points take. */
export function mandelbrot(row) {
  const ci = row / PICTURE * 3 - 1.5;
  let sum = 0;
  for (let column = 0; column < PICTURE; column++) {
    const cr = column / PICTURE * 3 - 2;
    let [re, im, steps] = [0, 0, 0];
    for (; steps < MOST_STEPS; steps++) {
      const [re2, im2] = [re * re, im * im];
      if (re2 + im2 > 4) break;
      im = 2 * re * im + ci;
      re = re2 - im2 + cr;
    }
    sum += steps;
  }
  return sum;
}

/** What is sorted: number `i` of them. */
export function unsorted(i) {
  let x = Math.imul(i + 1, 0x9e3779b1);
  x = Math.imul(x ^ x >>> 15, 0x85ebca77);
  return (x ^ x >>> 13) >>> 0;
}

/** Sorts a part of shared memory in place. */
export function sortPart(memory, begin, end) {
  new Uint32Array(memory).subarray(begin, end).sort();
  return end - begin;
}

/**
 * Merges two neighbouring sorted parts into another memory, or rather half of them: the lower half
 * from the front, the upper one from the back, so that two workers merge the last two parts.
 */
export function mergeHalf(source, target, begin, middle, end, fromBack) {
  const [from, to] = [new Uint32Array(source), new Uint32Array(target)];
  const half = begin + Math.floor((end - begin) / 2);
  if (fromBack) {
    for (let i = middle - 1, j = end - 1, k = end - 1; k >= half; k--) {
      to[k] = i < begin || (j >= middle && from[j] >= from[i]) ? from[j--] : from[i--];
    }
    return end - half;
  }
  for (let i = begin, j = middle, k = begin; k < half; k++) {
    to[k] = j >= end || (i < middle && from[i] <= from[j]) ? from[i++] : from[j++];
  }
  return half - begin;
}

/** How many bytes `channels/bytes` writes at once. */
export const CHUNK_BYTES = 16_384;
/** Every so manieth byte is looked at. */
const STRIDE = 1024;

/** Adds up bytes at equal distances, however they are cut. */
export class Tally {
  #sum = 0;
  #length = 0;

  add(bytes, length) {
    const first = (STRIDE - this.#length % STRIDE) % STRIDE;
    for (let i = first; i < length; i += STRIDE) this.#sum += bytes[i];
    this.#length += length;
  }

  /** The sum, or -1 if it was another number of chunks. */
  result(chunks) {
    return this.#length === chunks * CHUNK_BYTES ? this.#sum : -1;
  }
}

/** What the bytes of so many chunks add up to, of which each is filled with its number. */
export function sumOfChunks(chunks) {
  let sum = 0;
  for (let i = 0; i < chunks; i++) sum += (i % 256) * CHUNK_BYTES / STRIDE;
  return sum;
}
