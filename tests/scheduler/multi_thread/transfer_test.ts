/**
 * What is not copied: handles, shared memory, and buffers that their sender gives up.
 *
 * @module
 */

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import {
  type HandleKind,
  registerHandle,
  toWire,
  type WireForm,
  type WireHandle,
} from "../../../scheduler/multi_thread/handle.ts";
import { detach, isDetached, transfer } from "../../../scheduler/multi_thread/transfer.ts";
import { Decoder } from "../../../scheduler/multi_thread/wire.ts";
import { errorOf, Line } from "./_wire.ts";

const line = new Line();

/** Descriptors that are open. */
const open = new Set<number>();

/** Descriptors in the order in which they were closed. */
const closed: number[] = [];

function close(descriptor: number): void {
  open.delete(descriptor);
  closed.push(descriptor);
}

/** A thing that moves, as a socket does. */
class Pipe implements WireHandle {
  #descriptor: number;

  constructor(descriptor: number) {
    open.add(descriptor);
    this.#descriptor = descriptor;
  }

  get descriptor(): number {
    if (this.#descriptor < 0) throw new TypeError("Cannot use the pipe: it was sent");
    return this.#descriptor;
  }

  [Symbol.dispose](): void {
    close(this.#descriptor);
  }

  [toWire](): WireForm {
    const { descriptor } = this;
    return { kind: pipes, data: [descriptor], onSent: () => this.#descriptor = -1 };
  }
}

const pipes: HandleKind = registerHandle<[descriptor: number]>(import.meta, "Pipe", {
  decode: (descriptor) => new Pipe(descriptor),
  drop: close,
});

/** References to each cell, in whatever isolate or on its way. */
const references = new Map<SharedArrayBuffer, number>();

/** A thing that is shared and counted, and has another one within. */
class Cell implements WireHandle {
  readonly memory: SharedArrayBuffer;
  readonly pipe: Pipe | undefined;

  constructor(memory: SharedArrayBuffer, pipe?: Pipe) {
    this.memory = memory;
    this.pipe = pipe;
  }

  [toWire](): WireForm {
    const { memory, pipe } = this;
    return {
      kind: cells,
      data: [memory, pipe],
      onSent: () => references.set(memory, (references.get(memory) ?? 1) + 1),
    };
  }
}

const cells: HandleKind = registerHandle<[SharedArrayBuffer, Pipe?]>(import.meta, "Cell", {
  decode: (memory, pipe) => new Cell(memory, pipe),
  drop: (memory) => void references.set(memory, references.get(memory)! - 1),
});

/** Cannot be made. */
class Broken implements WireHandle {
  [toWire](): WireForm {
    return { kind: broken, data: [] };
  }
}

const broken: HandleKind = registerHandle(import.meta, "Broken", {
  decode: () => {
    throw new Error("broken");
  },
});

Deno.test("a handle that moves is dead at its sender and alive where it arrives", () => {
  const pipe = new Pipe(1);
  const [received, again] = line.carryOne([{ pipe }, { pipe }]);
  assertInstanceOf(received!.pipe, Pipe);
  assertStrictEquals(received!.pipe, again!.pipe);
  assertEquals(received!.pipe.descriptor, 1);
  assertThrows(() => pipe.descriptor, TypeError);
  assertThrows(() => line.put([pipe]), TypeError, "Cannot use the pipe: it was sent");
  received!.pipe[Symbol.dispose]();
});

Deno.test("a handle stays with its sender when the rest cannot travel", () => {
  const pipe = new Pipe(2);
  assertThrows(() => line.put([pipe, () => {}]), DOMException, "arguments[1]");
  assertEquals(pipe.descriptor, 2);
  // Nor does it move before there is a place for it.
  line.encoder.encode([pipe]);
  assertEquals(pipe.descriptor, 2);
  line.encoder.sent();
  assertThrows(() => pipe.descriptor, TypeError);
  open.delete(2);
});

Deno.test("a handle on an error whose other riders cannot travel moves, or stays with them", () => {
  const [lost, sent] = [new Pipe(20), new Pipe(21)];
  const error = Object.assign(new Error("e"), { bad: [lost, () => {}], sent });
  line.put([error]).drop();
  assertEquals(lost.descriptor, 20);
  assertThrows(() => sent.descriptor, TypeError);
  assertEquals([...open], [20]);
  open.delete(20);
});

Deno.test("Decoder.drop() disposes of every handle of a payload, those within others too", () => {
  const memory = new SharedArrayBuffer(4);
  const cell = new Cell(memory, new Pipe(3));
  const payload = line.put([{ deep: [new Pipe(4)] }, "text", cell, cell]);
  assertEquals([...open], [4, 3].toSorted((a, b) => a - b));
  assertEquals(references.get(memory), 2);
  payload.drop();
  assertEquals([...open], []);
  assertEquals(references.get(memory), 1);
});

Deno.test("a handle within a handle arrives within it", () => {
  const received = line.carryOne(new Cell(new SharedArrayBuffer(4), new Pipe(5)));
  assertEquals(received.pipe!.descriptor, 5);
  received.pipe![Symbol.dispose]();
});

Deno.test("when a handle cannot be made, the others of the payload are disposed of", () => {
  const payload = line.put([new Pipe(6), new Broken(), new Pipe(7)]);
  closed.length = 0;
  assertThrows(() => payload.decode(), Error, "broken");
  assertEquals([...open], []);
  assertEquals(closed, [6, 7]);
});

Deno.test("Decoder.drop() throws what a handle throws after it has dropped the rest", () => {
  class Stubborn implements WireHandle {
    [toWire](): WireForm {
      return { kind, data: [] };
    }
  }
  const kind = registerHandle(import.meta, "Stubborn", {
    decode: () => new Stubborn(),
    drop: () => {
      throw new Error("will not");
    },
  });
  const payload = line.put([new Stubborn(), new Pipe(8)]);
  assertThrows(() => payload.drop(), Error, "will not");
  assertEquals([...open], []);
});

Deno.test("Decoder.missing() names the modules and the memory that are not there yet", () => {
  const memory = new SharedArrayBuffer(4);
  const sender = new Line();
  const bytes = sender.encoder.encode([new Cell(memory), new Uint8Array(memory), 5]);
  const words = new Int32Array(bytes / 4);
  sender.encoder.copyTo(words, 0);
  const names = { nameOf: () => "file:///elsewhere.ts#Thing" };
  const arrived = new Map<number, SharedArrayBuffer>();
  const attachments = { bufferOf: (id: number) => arrived.get(id) };
  const stranger = new Decoder(names, attachments);
  assertEquals(stranger.missing(words, 0, bytes), {
    modules: ["file:///elsewhere.ts"],
    attachments: [0],
  });
  assertThrows(() => stranger.decode(words, 0), Error, "shared memory 0 has not arrived");
  const decoder = new Decoder(sender.names, attachments);
  assertEquals(decoder.missing(words, 0, bytes), { modules: [], attachments: [0] });
  arrived.set(0, memory);
  assertEquals(decoder.missing(words, 0, bytes), undefined);
  const [cell, view] = decoder.decode(words, 0) as [Cell, Uint8Array];
  assertStrictEquals(cell.memory, memory);
  assertStrictEquals(view.buffer as unknown, memory);
  assertEquals(line.put(["nothing special"]).missing(), undefined);
});

Deno.test("a function that is a handle travels", () => {
  const callable = Object.assign(() => 1, {
    [toWire]: (): WireForm => ({ kind: pipes, data: [9] }),
  });
  const received = line.carryOne<unknown>(callable) as Pipe;
  assertEquals(received.descriptor, 9);
  received[Symbol.dispose]();
});

Deno.test("registerHandle() throws a TypeError for a name that is taken", () => {
  const behavior = { decode: () => ({}) };
  assertThrows(() => registerHandle(import.meta, "Pipe", behavior), TypeError, '"Pipe"');
});

Deno.test("transfer() detaches at the sender what arrives at the receiver", () => {
  const bytes = Uint8Array.of(1, 2, 3);
  const other = new ArrayBuffer(8);
  const value = transfer({ bytes }, [bytes.buffer, other]);
  const received = line.carryOne([value]);
  assertEquals(received[0]!.bytes, Uint8Array.of(1, 2, 3));
  assertEquals([bytes.length, isDetached(other)], [0, true]);
});

Deno.test("transfer() of a view or a buffer gives up its own", () => {
  const floats = new Float64Array(4);
  const buffer = new ArrayBuffer(8);
  line.carry(transfer(floats), transfer(buffer));
  assertEquals([isDetached(floats.buffer), isDetached(buffer)], [true, true]);
});

Deno.test("transfer() holds once, and not for a payload that was not sent", () => {
  const buffer = new ArrayBuffer(4);
  const value = transfer({ name: "x" }, [buffer]);
  errorOf(() => line.put([value, Symbol()]));
  assert(!isDetached(buffer));
  line.carry({ name: "other" });
  assert(!isDetached(buffer));
  line.carry(value);
  assert(isDetached(buffer));
  assertEquals(line.carryOne(value), { name: "x" });
});

Deno.test("transfer() refuses what cannot be given up", () => {
  const buffer = new ArrayBuffer(4);
  const shared = new SharedArrayBuffer(4) as unknown as ArrayBuffer;
  assertThrows(() => transfer({}), TypeError, "wanted an ArrayBuffer");
  assertThrows(() => transfer({}, [shared]), TypeError, "wanted an ArrayBuffer");
  assertThrows(() => transfer(1 as unknown as object), TypeError, "wanted an object");
  assertThrows(() => transfer({}, [buffer, buffer]), DOMException, "there twice");
  detach(buffer);
  assertThrows(() => transfer({}, [buffer]), DOMException, "detached already");
});
