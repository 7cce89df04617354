/**
 * Writes values as words: the parts that have to be fast. What is rarer is in `wire_write_rare.ts`.
 *
 * @module
 */

import type { WireForm, WireHandle } from "./handle.ts";
import { marksOf } from "./transfer.ts";
import { Refusal, within } from "./wire_refusal.ts";
import { Scratch } from "./wire_scratch.ts";
import { KnownKeys, MOST_KEYS } from "./wire_shapes.ts";
import {
  ABSENT,
  ARRAY,
  FALSE,
  NULL,
  OBJECT,
  REF,
  SHAPED,
  SPARSE,
  TAG_BITS,
  TRUE,
  UNDEFINED,
} from "./wire_tags.ts";
import { writeRare } from "./wire_write_rare.ts";

/** So many objects are looked for one by one, before a map pays. */
const FEW = 24;

const plain = Object.prototype;

/** What a payload has in it that needs care on both sides. */
export interface Cargo {
  /** The kinds of handles. */
  readonly kinds: Set<number>;
  /** The ids of shared memory. */
  readonly ids: Set<number>;
  /** Handles that have to be told when the payload is on its way. */
  readonly forms: WireForm[];
  /** All handles, to be asked again at the end. */
  readonly handles: WireHandle[];
  /** Values with marks. */
  readonly marked: object[];
}

/** How a handle and shared memory are named: the encoder's part. */
export interface Naming {
  /** The number of a kind of handles. */
  numberOf(key: string): number;
  /** The id of shared memory. */
  idOf(buffer: SharedArrayBuffer): number;
}

/** Writes values into scratch memory. */
export class Writer extends Scratch {
  /** Whether some object occurs twice. */
  hasIdentity = false;
  /** See {@linkcode Cargo}. */
  cargo: Cargo | undefined = undefined;
  readonly #naming: Naming;
  readonly #keys = new KnownKeys();
  #count = 0;
  readonly #few: (object | undefined)[] = new Array(FEW).fill(undefined);
  #many: Map<object, number> | undefined;

  constructor(naming: Naming) {
    super();
    this.#naming = naming;
  }

  /** Begins anew. */
  reset(): void {
    this.at = 0;
    this.hasIdentity = false;
    this.cargo = undefined;
  }

  /** Lets go of the objects that were written. */
  forget(): void {
    for (let i = 0; i < FEW && i < this.#count; i++) this.#few[i] = undefined;
    this.#many = undefined;
    this.#count = 0;
  }

  /** Writes any value. */
  write(value: unknown): void {
    if (this.at > this.limit) this.reserve(1);
    switch (typeof value) {
      case "number":
        return this.writeNumber(value);
      case "string":
        return this.writeString(value);
      case "boolean":
        this.words[this.at++] = value ? TRUE : FALSE;
        return;
      case "undefined":
        this.words[this.at++] = UNDEFINED;
        return;
      case "object":
        if (value !== null) return this.#writeObject(value);
        this.words[this.at++] = NULL;
        return;
      case "bigint":
        return this.writeBigint(value);
      default:
        return writeRare(this, value as object | symbol);
    }
  }

  #writeObject(value: object): void {
    const number = this.numberOf(value);
    if (number >= 0) return this.writeRef(number);
    if (marksOf(value) !== undefined) this.load().marked.push(value);
    if (Array.isArray(value)) return this.#writeArray(value);
    const prototype = Object.getPrototypeOf(value);
    if (prototype === plain || prototype === null) this.writePlain(value);
    else writeRare(this, value);
  }

  /** The number of an object that was there before, or -1. */
  numberOf(value: object): number {
    const few = Math.min(this.#count, FEW);
    for (let i = 0; i < few; i++) if (this.#few[i] === value) return i;
    return this.#many?.get(value) ?? -1;
  }

  /** Gives an object the next number. */
  remember(value: object): void {
    const number = this.#count++;
    if (number < FEW) this.#few[number] = value;
    else (this.#many ??= new Map()).set(value, number);
  }

  /** Writes the number of an object that was there before. */
  writeRef(number: number): void {
    this.hasIdentity = true;
    this.words[this.at++] = (number << TAG_BITS) | REF;
  }

  /** Writes an object by its own enumerable properties. */
  writePlain(value: object): void {
    this.remember(value);
    const keys = Object.keys(value);
    const count = keys.length;
    const shape = count <= MOST_KEYS ? this.#keys.find(keys) : undefined;
    if (shape === undefined) {
      this.words[this.at++] = OBJECT;
      return this.writeProperties(value, keys);
    }
    const { names } = shape;
    this.reserve(names.length);
    const { words } = this;
    let { at } = this;
    words[at++] = (names.length << 12) | (count << TAG_BITS) | SHAPED;
    words[at++] = shape.hash;
    for (let i = 0; i < names.length; i++) words[at++] = names[i]!;
    this.at = at;
    let i = 0;
    try {
      for (; i < count; i++) this.#writeProperty(value, keys[i]!);
    } catch (error) {
      throw within(error, keys[i]!);
    }
  }

  /** Writes so many properties: the number, and then each name and value. */
  writeProperties(value: object, keys: readonly string[]): void {
    this.words[this.at++] = keys.length;
    let i = 0;
    try {
      for (; i < keys.length; i++) {
        if (this.at > this.limit) this.reserve(1);
        this.writeString(keys[i]!);
        this.#writeProperty(value, keys[i]!);
      }
    } catch (error) {
      throw within(error, keys[i]!);
    }
  }

  #writeProperty(owner: object, key: string): void {
    const value = (owner as Record<string, unknown>)[key];
    if (value === undefined && !Object.hasOwn(owner, key)) this.writeAbsent();
    else this.write(value);
  }

  /** Writes that there is no property, or no element. */
  writeAbsent(): void {
    if (this.at > this.limit) this.reserve(1);
    this.words[this.at++] = ABSENT;
  }

  #writeArray(value: readonly unknown[]): void {
    const { length } = value;
    const own = ownCount(value);
    if (length > own * 2 + 8) {
      this.remember(value);
      this.words[this.at++] = SPARSE;
      this.words[this.at++] = length;
      return this.writeProperties(value, Object.keys(value));
    }
    this.remember(value);
    const head = this.at;
    this.words[this.at++] = ARRAY;
    this.words[this.at++] = length;
    const elements = this.#writeElements(value, length);
    if (own <= elements) return;
    const others = Object.keys(value).filter((key) => !isIndex(key));
    if (others.length === 0) return;
    this.words[head] = (1 << TAG_BITS) | ARRAY;
    this.writeProperties(value, others);
  }

  /** Writes elements, and answers how many there are. */
  #writeElements(value: readonly unknown[], length: number): number {
    let holes = 0;
    let i = 0;
    try {
      for (; i < length; i++) {
        const element = value[i];
        if (typeof element === "number") {
          if (this.at > this.limit) this.reserve(1);
          this.writeNumber(element);
        } else if (element === undefined && !Object.hasOwn(value, i)) {
          holes++;
          this.writeAbsent();
        } else {
          this.write(element);
        }
      }
    } catch (error) {
      throw within(error, i);
    }
    return length - holes;
  }

  /** Writes values that are one another's neighbours, with their number. */
  writeList(values: readonly unknown[]): void {
    this.words[this.at++] = values.length;
    for (let i = 0; i < values.length; i++) this.write(values[i]);
  }

  /** What needs care: handles, shared memory, marks. */
  load(): Cargo {
    return this.cargo ??= { kinds: new Set(), ids: new Set(), forms: [], handles: [], marked: [] };
  }

  /** Notes a handle, and answers the number of its kind. */
  loadHandle(form: WireForm, handle: WireHandle): number {
    const cargo = this.load();
    const kind = this.#naming.numberOf(form.kind.key);
    cargo.kinds.add(kind);
    cargo.handles.push(handle);
    if (form.onSent !== undefined) cargo.forms.push(form);
    return kind;
  }

  /** Notes shared memory, and answers its id. */
  loadShared(buffer: SharedArrayBuffer): number {
    const id = this.#naming.idOf(buffer);
    this.load().ids.add(id);
    return id;
  }

  /**
   * Runs `part`; if it meets a value that cannot travel, everything is as if it had not run.
   *
   * @returns Whether it has run to its end.
   */
  attempt(part: () => void): boolean {
    const { at, hasIdentity, cargo } = this;
    const count = this.#count;
    const sizes = [
      cargo?.forms.length ?? 0,
      cargo?.marked.length ?? 0,
      cargo?.handles.length ?? 0,
    ] as const;
    try {
      part();
      return true;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.at = at;
      this.hasIdentity = hasIdentity;
      this.#takeBack(count);
      if (this.cargo === undefined) return false;
      this.cargo.forms.length = sizes[0];
      this.cargo.handles.length = sizes[2];
      this.cargo.marked.length = sizes[1];
      return false;
    }
  }

  /** Takes the numbers back that were given since there were `count`. */
  #takeBack(count: number): void {
    for (let i = count; i < FEW && i < this.#count; i++) this.#few[i] = undefined;
    for (const [object, number] of this.#many ?? []) {
      if (number >= count) this.#many!.delete(object);
    }
    this.#count = count;
  }
}

/** An array of more elements is counted by its values, which makes no strings of the indices. */
const COUNTED_BY_KEYS = 16;

/**
 * How many own enumerable properties an array has: more than elements if it has others. For long
 * arrays it calls the getters, which elements hardly ever are, once more.
 */
function ownCount(array: readonly unknown[]): number {
  return array.length > COUNTED_BY_KEYS ? Object.values(array).length : Object.keys(array).length;
}

function isIndex(key: string): boolean {
  const index = Number(key) >>> 0;
  return String(index) === key && index !== 0xffffffff;
}
