/**
 * How values travel between isolates: as words in shared memory.
 *
 * Whatever structured clone takes travels as structured clone has it: by value, with cycles and
 * repeated references kept, getters called, prototypes lost. What is different:
 *
 * - **Handles** travel as themselves (`handle.ts`), shared memory too.
 * - **Errors** keep more: the name of a subclass, the `errors` of an `AggregateError`, and own
 *   enumerable properties such as `code`. Of these, what cannot travel is left out.
 * - **A proxy** is read like the object that it stands for.
 * - **Objects of the host** (a `URL`, a `Blob`) are objects like others: what arrives has their own
 *   enumerable properties. The types refuse them, see `sendable.ts`.
 *
 * The form is in `wire_tags.ts`.
 *
 * @module
 */

import { type HandleKind, handleKind, moduleOf, toWire } from "./handle.ts";
import { detach, marksOf, unmark } from "./transfer.ts";
import { type Handles, type Meaning, Reader } from "./wire_reader.ts";
import { Refusal, within } from "./wire_refusal.ts";
import { isSmall, smallValue, smallWord } from "./wire_small.ts";
import { CARGO, COUNT_MASK, IDENTITY } from "./wire_tags.ts";
import { type Naming, Writer } from "./wire_writer.ts";

/** Numbers for names that all isolates agree on, such as `FunctionNames`. */
export interface Names {
  /** The number of a name, which it gets when it is first asked for. */
  numberOf(name: string): number;
  /** The name that has a number. */
  nameOf(number: number): string;
}

/** Shared memory by number: bytes cannot carry it, so it travels by message, once for each isolate. */
export interface Attachments {
  /** The number of shared memory; it has been sent on its way when this returns. */
  idOf(buffer: SharedArrayBuffer): number;
  /** The shared memory that has a number, if it has arrived. */
  bufferOf(id: number): SharedArrayBuffer | undefined;
}

/** What has to be there before a payload can be read. */
export interface Missing {
  /** Modules to import. */
  readonly modules: readonly string[];
  /** Shared memory to wait for. */
  readonly attachments: readonly number[];
}

/** What the values of a payload are to their sender, for messages. */
export type Root = "arguments" | "result";

/** A payload of at most this many words is copied one by one. */
const FEW_WORDS = 64;

/**
 * Turns values into words.
 *
 * `encode`, then `copyTo` a place of as many bytes, then `sent`. What happens in between must not be
 * a call of user code. If there is no place, leave it at that: everything is still the sender's.
 * A getter that is called by `encode` may itself encode and copy something.
 */
export class Encoder {
  readonly #naming: Naming;
  readonly #writer: Writer;
  #isBusy = false;
  /** Used by what runs while this one is at work. */
  #inner: Encoder | undefined = undefined;
  /** The one whose result was the last: this one or one within. */
  #last: Encoder = this;

  /**
   * @param names The numbers of kinds of handles.
   * @param attachments The numbers of shared memory.
   */
  constructor(names: Pick<Names, "numberOf">, attachments: Pick<Attachments, "idOf">) {
    this.#naming = {
      numberOf: (key) => names.numberOf(key),
      idOf: (buffer) => attachments.idOf(buffer),
    };
    this.#writer = new Writer(this.#naming);
  }

  /** The words of the last payload. They are used again for the next. */
  get words(): Int32Array {
    return this.#last === this ? this.#writer.words : this.#last.words;
  }

  /**
   * Encodes values.
   *
   * @param values The values.
   * @param root What they are: `arguments[1].callback` or `result.callback` in messages.
   * @returns How many bytes they take, a multiple of 4.
   * @throws {DOMException} `DataCloneError`, when one of them cannot travel. The message says where it is.
   */
  encode(values: readonly unknown[], root: Root = "arguments"): number {
    if (values.length === 1 && !this.#isBusy) {
      const word = smallWord(values[0]);
      if (word !== 0) return this.#encodeSmall(word);
    }
    if (this.#isBusy) {
      const inner = this.#inner ??= new Encoder(this.#naming, this.#naming);
      this.#last = inner;
      return inner.encode(values, root);
    }
    const writer = this.#writer;
    writer.reset();
    this.#isBusy = true;
    try {
      this.#writeAll(values, root);
    } finally {
      this.#isBusy = false;
      this.#last = this;
      writer.forget();
    }
    return writer.at * 4;
  }

  /** As {@linkcode Encoder.encode}, of one value that is a result or a message. */
  encodeOne(value: unknown): number {
    const word = this.#isBusy ? 0 : smallWord(value);
    return word !== 0 ? this.#encodeSmall(word) : this.encode([value], "result");
  }

  #encodeSmall(word: number): number {
    const writer = this.#writer;
    this.#last = this;
    writer.cargo = undefined;
    writer.words[0] = 1;
    writer.words[1] = word;
    writer.at = 2;
    return 8;
  }

  /** Copies the last payload into shared memory. */
  copyTo(target: Int32Array, index: number): void {
    if (this.#last !== this) return this.#last.copyTo(target, index);
    const { words, at } = this.#writer;
    if (at > FEW_WORDS) target.set(words.subarray(0, at), index);
    else for (let i = 0; i < at; i++) target[index + i] = words[i]!;
  }

  /** Says that the last payload is on its way: what the sender gives up is no longer its own. */
  sent(): void {
    if (this.#last !== this) return this.#last.sent();
    const writer = this.#writer;
    const { cargo } = writer;
    if (writer.isLarge) writer.shrink();
    if (cargo === undefined) return;
    writer.cargo = undefined;
    for (const value of cargo.marked) {
      for (const buffer of marksOf(value) ?? []) detach(buffer);
      unmark(value);
    }
    for (const form of cargo.forms) form.onSent!();
  }

  #writeAll(values: readonly unknown[], root: Root): void {
    const writer = this.#writer;
    writer.at = 1;
    let i = 0;
    try {
      for (; i < values.length; i++) writer.write(values[i]);
    } catch (error) {
      if (root === "arguments") within(error, i);
      throw error instanceof Refusal ? error.toError(root) : error;
    }
    const { cargo } = writer;
    // A getter may have closed what was written before: then it cannot be sent any more.
    for (const handle of cargo?.handles ?? []) handle[toWire]();
    if (cargo !== undefined) writeCargo(writer, [...cargo.kinds], [...cargo.ids]);
    writer.words[0] = values.length | (writer.hasIdentity ? IDENTITY : 0) |
      (cargo === undefined ? 0 : CARGO);
  }
}

/** Turns words into values. */
export class Decoder {
  readonly #names: Pick<Names, "nameOf">;
  readonly #attachments: Pick<Attachments, "bufferOf">;
  readonly #meaning: Meaning;
  /** A reader that nobody uses at the moment. */
  #reader: Reader | undefined;
  /** Kinds by number, as far as they are known. */
  readonly #kinds: (HandleKind | undefined)[] = [];

  /**
   * @param names The names of kinds of handles.
   * @param attachments Shared memory that has arrived.
   */
  constructor(names: Pick<Names, "nameOf">, attachments: Pick<Attachments, "bufferOf">) {
    this.#names = names;
    this.#attachments = attachments;
    this.#meaning = {
      kindOf: (number) => this.#kindOf(number),
      bufferOf: (id) => attachments.bufferOf(id),
    };
    this.#reader = new Reader(this.#meaning);
  }

  /**
   * What has to be there before a payload can be decoded or dropped.
   *
   * @returns `undefined` if nothing is missing, which is the rule.
   */
  missing(source: Int32Array, index: number, bytes: number): Missing | undefined {
    if ((source[index]! & CARGO) === 0) return undefined;
    let at = index + source[index + bytes / 4 - 1]!;
    const modules = new Set<string>();
    const attachments: number[] = [];
    for (let count = source[at++]!; count > 0; count--) {
      const number = source[at++]!;
      if (this.#findKind(number) === undefined) modules.add(moduleOf(this.#names.nameOf(number)));
    }
    for (let count = source[at++]!; count > 0; count--) {
      const id = source[at++]!;
      if (this.#attachments.bufferOf(id) === undefined) attachments.push(id);
    }
    if (modules.size + attachments.length === 0) return undefined;
    return { modules: [...modules], attachments };
  }

  /**
   * Decodes a payload, once. The memory is not needed afterwards.
   *
   * @param source The words.
   * @param index Where it begins in them.
   * @param taken Gets the handles in it.
   * @throws What a handle's `decode` throws. All handles of the payload have been disposed of then.
   */
  decode(source: Int32Array, index: number, taken: object[] = []): unknown[] {
    if ((source[index]! & CARGO) === 0) return this.#read(source, index, undefined);
    const taker = new Taker(taken);
    try {
      return this.#read(source, index, taker);
    } catch (error) {
      this.#read(source, index, new Dropper(taker.dispose()));
      throw error;
    }
  }

  /** As {@linkcode Decoder.decode}, of a payload that is one value: the value. */
  decodeOne(source: Int32Array, index: number): unknown {
    const word = source[index + 1]!;
    if (source[index] === 1 && isSmall(word)) return smallValue(word);
    return this.decode(source, index)[0];
  }

  /**
   * Disposes of the handles of a payload that nobody will decode.
   *
   * @param source The words.
   * @param index Where it begins in them.
   * @throws What the first handle that failed has thrown; the others have been disposed of.
   */
  drop(source: Int32Array, index: number): void {
    if ((source[index]! & CARGO) === 0) return;
    const dropper = new Dropper(0);
    this.#read(source, index, dropper);
    dropper.finish();
  }

  #read(source: Int32Array, index: number, handles: Handles | undefined): unknown[] {
    // A handle may decode something while it is made: then this reader is in use.
    const reader = this.#reader ?? new Reader(this.#meaning);
    this.#reader = undefined;
    const head = source[index]!;
    reader.begin(source, index + 1, (head & IDENTITY) !== 0, handles);
    try {
      const values: unknown[] = [];
      for (let count = head & COUNT_MASK; count > 0; count--) values.push(reader.read());
      return values;
    } finally {
      reader.finish();
      this.#reader = reader;
    }
  }

  #findKind(number: number): HandleKind | undefined {
    return this.#kinds[number] ??= handleKind(this.#names.nameOf(number));
  }

  #kindOf(number: number): HandleKind {
    const kind = this.#findKind(number);
    if (kind !== undefined) return kind;
    throw new TypeError(
      `Cannot read a handle: no loaded module has registered "${this.#names.nameOf(number)}"`,
    );
  }
}

/** Disposes of handles, as far as that is possible. */
export function disposeAll(handles: readonly object[]): void {
  for (const handle of handles) (handle as Partial<Disposable>)[Symbol.dispose]?.();
}

/** Makes objects of handles. */
class Taker implements Handles {
  readonly #taken: object[];

  constructor(taken: object[]) {
    this.#taken = taken;
  }

  take(kind: HandleKind, data: readonly unknown[]): object {
    const object = kind.decode(...data as never[]);
    this.#taken.push(object);
    return object;
  }

  /** Disposes of what was made, as far as that is possible, and answers how many there were. */
  dispose(): number {
    disposeAll(this.#taken);
    return this.#taken.length;
  }
}

/** Disposes of handles, after the first few. */
class Dropper implements Handles {
  #spared: number;
  readonly #errors: unknown[] = [];

  constructor(spared: number) {
    this.#spared = spared;
  }

  take(kind: HandleKind, data: readonly unknown[]): undefined {
    if (this.#spared-- > 0) return;
    try {
      kind.drop?.(...data as never[]);
    } catch (error) {
      this.#errors.push(error);
    }
  }

  /** Throws the first error. */
  finish(): void {
    if (this.#errors.length > 0) throw this.#errors[0];
  }
}

/** W2: the list of what has to be there, at the end. */
function writeCargo(writer: Writer, kinds: readonly number[], ids: readonly number[]): void {
  writer.reserve(kinds.length + ids.length + 3);
  const start = writer.at;
  for (const word of [kinds.length, ...kinds, ids.length, ...ids, start]) {
    writer.words[writer.at++] = word;
  }
}
