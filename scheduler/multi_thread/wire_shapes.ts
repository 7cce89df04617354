/**
 * The key lists of plain objects, remembered by both sides: most objects have the keys of another
 * one before, so their names are copied and compared in one piece instead of made anew.
 *
 * A name takes a word, its length × 2 + (1 if it is not Latin-1), and then its units.
 *
 * @module
 */

/** An object of more keys is a dictionary: its keys are not remembered. */
export const MOST_KEYS = 32;

/** Nor are longer names. */
const LONGEST_NAME = 64;

const SLOTS = 256;

/** A list of keys, and how it is written. */
export interface Shape {
  /** The keys, in order. */
  readonly keys: readonly string[];
  /** Their names. */
  readonly names: Int32Array;
  /** Of the names. */
  readonly hash: number;
  /** Whether `__proto__` is one of them, which cannot be assigned. */
  readonly isSpecial: boolean;
}

/** The shapes that a writer knows. */
export class KnownKeys {
  readonly #slots: (Shape | undefined)[] = new Array(SLOTS).fill(undefined);

  /** The shape of objects with these keys, at most {@linkcode MOST_KEYS}; some have none. */
  find(keys: readonly string[]): Shape | undefined {
    const slot = slotOf(keys);
    const known = this.#slots[slot];
    if (known !== undefined && isSame(known.keys, keys)) return known;
    for (const key of keys) if (key.length > LONGEST_NAME) return undefined;
    const shape = newShape(keys, namesOf(keys));
    this.#slots[slot] = shape;
    return shape;
  }
}

/** The shapes that a reader knows. */
export class KnownNames {
  readonly #slots: (Shape | undefined)[] = new Array(SLOTS).fill(undefined);

  /** The shape whose `count` names are the words from `at` to `end`. */
  find(words: Int32Array, at: number, end: number, hash: number, count: number): Shape {
    const slot = hash & (SLOTS - 1);
    const known = this.#slots[slot];
    if (
      known !== undefined && known.hash === hash && known.keys.length === count &&
      isAt(known.names, words, at, end)
    ) {
      return known;
    }
    const names = words.slice(at, end);
    const shape = newShape(keysOf(names, count), names);
    this.#slots[slot] = shape;
    return shape;
  }
}

function slotOf(keys: readonly string[]): number {
  const count = keys.length;
  if (count === 0) return 0;
  const first = keys[0]!;
  const last = keys[count - 1]!;
  return (count * 37 + first.charCodeAt(0) * 7 + last.charCodeAt(0) + first.length * 5) &
    (SLOTS - 1);
}

function isSame(known: readonly string[], keys: readonly string[]): boolean {
  if (known.length !== keys.length) return false;
  for (let i = 0; i < keys.length; i++) if (known[i] !== keys[i]) return false;
  return true;
}

function isAt(names: Int32Array, words: Int32Array, at: number, end: number): boolean {
  if (names.length !== end - at) return false;
  for (let i = 0; i < names.length; i++) if (names[i] !== words[at + i]) return false;
  return true;
}

function newShape(keys: readonly string[], names: Int32Array): Shape {
  let hash = keys.length;
  for (const word of names) hash = Math.imul(hash ^ word, 0x9e3779b1) ^ (hash >>> 15);
  hash ^= hash >>> 16;
  return { keys, names, hash, isSpecial: keys.includes("__proto__") };
}

function namesOf(keys: readonly string[]): Int32Array {
  const words: number[] = [];
  for (const key of keys) {
    const isWide = /[^\0-\xff]/.test(key);
    const perWord = isWide ? 2 : 4;
    words.push(key.length * 2 + (isWide ? 1 : 0));
    for (let i = 0; i < key.length; i += perWord) {
      let word = 0;
      for (let j = 0; j < perWord && i + j < key.length; j++) {
        word |= key.charCodeAt(i + j) << (j * 32 / perWord);
      }
      words.push(word);
    }
  }
  return Int32Array.from(words);
}

function keysOf(names: Int32Array, count: number): string[] {
  const keys: string[] = [];
  for (let at = 0; keys.length < count;) {
    const length = names[at]! >> 1;
    const perWord = (names[at]! & 1) === 1 ? 2 : 4;
    const units: number[] = [];
    for (let i = 0; i < length; i++) {
      const word = names[at + 1 + Math.floor(i / perWord)]!;
      units.push((word >>> ((i % perWord) * 32 / perWord)) & (perWord === 2 ? 0xffff : 0xff));
    }
    keys.push(String.fromCharCode(...units));
    at += 1 + Math.ceil(length / perWord);
  }
  return keys;
}
