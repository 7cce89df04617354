/**
 * Strings of the wire format, as both sides see them.
 *
 * @module
 */

/** Strings of at most this many bytes are remembered, because they come again: names, states. */
const REMEMBERED = 24;

const SLOTS = 1024;
const SLOT_WORDS = 8;

/** How many units `String.fromCharCode` gets at once. */
const CHUNK = 4096;

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Whether a string has no lone surrogate, so that UTF-8 can take it. */
export const isWellFormed: (value: string) => boolean = "isWellFormed" in String.prototype
  ? (value) => value.isWellFormed()
  : (value) => !/\p{Surrogate}/u.test(value);

/** Makes strings of words. */
export class TextReader {
  readonly #strings: string[] = new Array(SLOTS).fill("");
  /** For each string that is remembered: its length and the words of its bytes. */
  readonly #known = new Int32Array(SLOTS * SLOT_WORDS);
  readonly #units: number[][] = [];

  /** `length` units of one byte each, from the word `at`. */
  readLatin(words: Int32Array, bytes: Uint8Array, at: number, length: number): string {
    if (length > REMEMBERED) return this.#makeLatin(bytes, at * 4, length);
    if (length === 0) return "";
    const end = at + ((length + 3) >> 2);
    let hash = length;
    for (let i = at; i < end; i++) hash = Math.imul(hash ^ words[i]!, 0x9e3779b1);
    const slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
    const known = this.#known;
    let place = slot * SLOT_WORDS;
    if (known[place] === length) {
      let i = at;
      while (i < end && known[++place] === words[i]) i++;
      if (i === end) return this.#strings[slot]!;
      place = slot * SLOT_WORDS;
    }
    known[place] = length;
    for (let i = at; i < end; i++) known[++place] = words[i]!;
    return this.#strings[slot] = this.#makeLatin(bytes, at * 4, length);
  }

  #makeLatin(bytes: Uint8Array, start: number, length: number): string {
    // `apply` needs an array of the right length; one for each is kept.
    const units = this.#units[length] ??= new Array(length).fill(0);
    for (let i = 0; i < length; i++) units[i] = bytes[start + i]!;
    return String.fromCharCode.apply(null, units);
  }
}

/** Text in UTF-8. */
export function readUtf8(bytes: Uint8Array, start: number, length: number): string {
  // A copy: not every decoder takes shared memory.
  return decoder.decode(bytes.slice(start, start + length));
}

/** `length` units of two bytes each, from the word `at`. */
export function readUtf16(words: Int32Array, at: number, length: number): string {
  let result = "";
  for (let first = 0; first < length; first += CHUNK) {
    const units: number[] = [];
    const end = Math.min(length, first + CHUNK);
    for (let i = first; i < end; i++) {
      units.push((words[at + (i >> 1)]! >>> ((i & 1) * 16)) & 0xffff);
    }
    result += String.fromCharCode.apply(null, units);
  }
  return result;
}
