/**
 * What the type checker lets travel, and what must not compile.
 *
 * @module
 */

import { assertType, type IsExact } from "@std/testing/types";
import type { Future } from "../../../future/future.ts";
import type { WireHandle } from "../../../scheduler/multi_thread/handle.ts";
import type { Sendable, SendableArguments } from "../../../scheduler/multi_thread/sendable.ts";

interface Tree {
  readonly value: number;
  readonly children: Tree[];
  parent?: Tree;
}

class Point {
  x = 0;
  y = 0;
}

class Circle extends Point {
  area(): number {
    return this.x * this.y;
  }
}

interface Socket extends WireHandle {
  close(): void;
}

/** As `spawn` has it. */
declare function send<A extends unknown[]>(
  fn: (...args: A) => unknown,
  ...args: SendableArguments<A>
): void;

/** Takes what it is told to take. */
declare function taking<T>(): (value: T) => void;

/** Never called: only its types count. */
export const sendables = {
  accepted(anything: unknown, tree: Tree, socket: Socket) {
    assertType<IsExact<Sendable<string>, string>>(true);
    assertType<IsExact<Sendable<boolean>, boolean>>(true);
    assertType<IsExact<Sendable<Uint8Array>, Uint8Array>>(true);
    assertType<IsExact<Sendable<Socket>, Socket>>(true);
    assertType<IsExact<Sendable<[number, string?]>, [number, string?]>>(true);
    send(taking<number>(), 1);
    send(taking<Map<string, Date[]>>(), new Map([["a", [new Date()]]]));
    send(taking<ReadonlySet<number>>(), new Set([1]));
    send(taking<{ a: 1; b?: string; readonly c: null }>(), { a: 1, c: null });
    send(taking<Tree>(), tree);
    send(taking<Point>(), new Point());
    send(taking<Socket>(), socket);
    send(taking<{ sockets: Socket[] }>(), { sockets: [socket] });
    send(taking<unknown>(), anything);
    send(taking<Error>(), new TypeError("e"));
    send(taking<SharedArrayBuffer | bigint>(), 1n);
  },

  refused(waiting: Future<number>, generator: Generator<number>) {
    // @ts-expect-error: a function stays where it is.
    send(taking<() => void>(), () => {});
    // @ts-expect-error: also within something else.
    send(taking<{ a: { callback(): void }[] }>(), { a: [{ callback() {} }] });
    // @ts-expect-error: a symbol.
    send(taking<symbol>(), Symbol());
    // @ts-expect-error: a promise.
    send(taking<Promise<number>>(), Promise.resolve(1));
    // @ts-expect-error: a future.
    send(taking<Future<number>>(), waiting);
    // @ts-expect-error: a generator.
    send(taking<Generator<number>>(), generator);
    // @ts-expect-error: a weak collection.
    send(taking<WeakMap<object, number>>(), new WeakMap());
    // @ts-expect-error: a weak reference.
    send(taking<WeakRef<object>>(), new WeakRef({}));
    // @ts-expect-error: a map of functions.
    send(taking<Map<string, () => void>>(), new Map([["a", () => {}]]));
    // @ts-expect-error: a class with methods, which would be lost.
    send(taking<Circle>(), new Circle());
    // @ts-expect-error: a class.
    send(taking<typeof Point>(), Point);
    // @ts-expect-error: the type of the argument counts as ever.
    send(taking<number>(), "1");
  },
};
