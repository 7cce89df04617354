/**
 * Numbers for functions that any worker may run: a shared list of their names.
 *
 * ```text
 *  word 0  lock
 *  word 1  count     of the names
 *  word 2  used      words after this header
 *  word 3… names     length, then one word for each UTF-16 unit
 * ```
 *
 * N1 Names are only added, under the lock; `count` is written last. So everybody may read what is
 *    there without the lock.
 *
 * @module
 */

import { load, store } from "./atomics.ts";
import { acquire, release } from "./lock.ts";

const LOCK = 0;
const COUNT = 1;
const USED = 2;
const NAMES = 3;

/** The list of names, seen from one isolate. */
export class FunctionNames {
  readonly #words: Int32Array;
  readonly #base: number;
  readonly #room: number;
  readonly #names: string[] = [];
  readonly #numbers = new Map<string, number>();
  #read = 0;

  /**
   * @param words The shared words.
   * @param base Where the list begins in them.
   * @param size How many words it takes.
   */
  constructor(words: Int32Array, base: number, size: number) {
    this.#words = words;
    this.#base = base;
    this.#room = size - NAMES;
  }

  /**
   * The number of a function, which it gets when it is first asked for.
   *
   * @throws {RangeError} When the list is full.
   */
  numberOf(name: string): number {
    return this.#numbers.get(name) ?? this.#add(name);
  }

  /** The name that has a number. */
  nameOf(number: number): string {
    this.#catchUp();
    const name = this.#names[number];
    if (name === undefined) throw new RangeError(`Cannot find a function: no name has ${number}`);
    return name;
  }

  #add(name: string): number {
    const words = this.#words;
    const base = this.#base;
    acquire(words, base + LOCK);
    try {
      this.#catchUp();
      const known = this.#numbers.get(name);
      if (known !== undefined) return known;
      const used = load(words, base + USED);
      if (used + 1 + name.length > this.#room) {
        throw new RangeError(
          `Cannot register function "${name}": the names of ${this.#names.length} functions take ` +
            "all the room there is",
        );
      }
      const at = base + NAMES + used;
      words[at] = name.length;
      for (let i = 0; i < name.length; i++) words[at + 1 + i] = name.charCodeAt(i);
      store(words, base + USED, used + 1 + name.length);
      store(words, base + COUNT, this.#names.length + 1);
      this.#catchUp();
      return this.#names.length - 1;
    } finally {
      release(words, base + LOCK);
    }
  }

  /** Reads the names that others have added. */
  #catchUp(): void {
    const words = this.#words;
    const count = load(words, this.#base + COUNT);
    while (this.#names.length < count) {
      const at = this.#base + NAMES + this.#read;
      const length = words[at]!;
      let name = "";
      for (let i = 1; i <= length; i++) name += String.fromCharCode(words[at + i]!);
      this.#numbers.set(name, this.#names.length);
      this.#names.push(name);
      this.#read += 1 + length;
    }
  }
}
