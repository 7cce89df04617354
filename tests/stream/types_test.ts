/**
 * What the type checker knows of streams, and what must not compile.
 *
 * @module
 */

import { assertType, type IsExact } from "@std/testing/types";
import type { Future } from "../../future/future.ts";
import { ready } from "../../future/ready.ts";
import { type Attempt, type Chunks, Stream, stream, StreamMap } from "../../stream/mod.ts";
import type { ElapsedError } from "../../time/timeout.ts";

/** Never called: only its types count. */
export const streams = {
  origins(
    rows: AsyncIterable<{ id: number }>,
    body: ReadableStream<Uint8Array>,
    text: Iterable<string> | AsyncIterable<string>,
  ) {
    assertType<IsExact<ReturnType<typeof Stream.of<number>>, Stream<number>>>(true);
    const items = Stream.from([1, "a"]);
    assertType<IsExact<typeof items, Stream<number | string>>>(true);
    const records = Stream.from(rows);
    assertType<IsExact<typeof records, Stream<{ id: number }>>>(true);
    const bytes = Stream.from(body);
    assertType<IsExact<typeof bytes, Stream<Uint8Array>>>(true);
    const words = Stream.from(text);
    assertType<IsExact<typeof words, Stream<string>>>(true);
    const numbers = Stream.unfold(1, (n) => ready(n < 3 ? [String(n), n + 1] as const : undefined));
    assertType<IsExact<typeof numbers, Stream<string>>>(true);
    // @ts-expect-error a number gives no items
    Stream.from(1);
  },

  adapters(source: Stream<number>) {
    const texts = source.map((n) => `${n}`).filterMap((text) => text === "" ? undefined : text);
    assertType<IsExact<typeof texts, Stream<string>>>(true);
    const both = source.chain(["a"]);
    assertType<IsExact<typeof both, Stream<number | string>>>(true);
    const pairs = source.zip(Stream.of("a"));
    assertType<IsExact<typeof pairs, Stream<[number, string]>>>(true);
    const waited = source.andThen((n) => ready(`${n}`));
    assertType<IsExact<typeof waited, Stream<string>>>(true);
    const walked = source.andThen(function* (n) {
      return yield* ready(`${n}`);
    });
    assertType<IsExact<typeof walked, Stream<string>>>(true);
    const timed = source.timeout(1);
    assertType<IsExact<typeof timed, Stream<Attempt<number, ElapsedError>>>>(true);
    const chunks = source.chunks(2);
    assertType<IsExact<typeof chunks, Chunks<number>>>(true);
    // @ts-expect-error what a stream waits for is a future, a promise or a generator
    source.andThen((n) => n);
  },

  narrowing(source: Stream<number | string>) {
    const texts = source.filter((item) => typeof item === "string");
    assertType<IsExact<typeof texts, Stream<string>>>(true);
  },

  work(source: Stream<number>) {
    const done = source.map((n) => () => ready(`${n}`)).buffered(2);
    assertType<IsExact<typeof done, Stream<string>>>(true);
    const promised = source.map((n) => Promise.resolve(n)).bufferUnordered(2);
    assertType<IsExact<typeof promised, Stream<number>>>(true);
    // @ts-expect-error numbers are no work
    source.buffered(2);
    const flat = source.map((n) => [n]).flatten();
    assertType<IsExact<typeof flat, Stream<number>>>(true);
    // @ts-expect-error numbers are no streams
    source.flatten();
  },

  values(source: Stream<number>) {
    const next = source.next();
    assertType<IsExact<typeof next, Future<number | undefined>>>(true);
    const attempt = source.attempts().tryNext();
    assertType<IsExact<typeof attempt, Future<number | undefined>>>(true);
    // @ts-expect-error numbers are no attempts
    source.tryNext();
    const map = source.map((n): [number, string] => [n, ""])
      .collectInto(new Map<number, string>());
    assertType<IsExact<typeof map, Future<Map<number, string>>>>(true);
    const set = source.collectInto(new Set<number>());
    assertType<IsExact<typeof set, Future<Set<number>>>>(true);
    // @ts-expect-error the items of a Map are pairs
    source.collectInto(new Map());
    // @ts-expect-error the items are no texts
    source.collectInto(new Set<string>());
  },

  maps() {
    const map = new StreamMap([["a", Stream.of(1)]]);
    assertType<IsExact<typeof map, StreamMap<string, number>>>(true);
    const next = map.next();
    assertType<IsExact<typeof next, Future<[string, number] | undefined>>>(true);
    // @ts-expect-error the items of another stream have another type
    map.insert("b", Stream.of("text"));
  },

  generators() {
    const items = stream<number>(function* (emit) {
      yield* emit(1);
      // @ts-expect-error an item has the stream's type
      yield* emit("text");
    });
    assertType<IsExact<typeof items, Stream<number>>>(true);
    // @ts-expect-error an item is emitted with yield*
    stream<number>(function* (emit) {
      yield emit(1);
    });
  },
};
