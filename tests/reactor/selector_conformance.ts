/**
 * What every selector has to do: rules S1 to S6 of `ffi/backend.ts`, on whichever world makes
 * descriptors ready.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { ERROR, FAILED, READ_CLOSED, READABLE, WRITABLE, WRITE_CLOSED } from "../../ffi/backend.ts";
import { test } from "../helpers/leak_guard.ts";
import { expect, park, read, watch, type World } from "./selector_world.ts";

/** How to run the suite. */
export interface ConformanceOptions {
  /** Whether not to run it. */
  readonly ignore?: boolean;
  /** Whether what is no descriptor is found out only later. */
  readonly ignoreRefusal?: boolean;
}

/** Declares the suite for one selector. */
export function conformance(
  name: string,
  make: () => World,
  { ignore = false, ignoreRefusal = false }: ConformanceOptions = {},
): void {
  const rule = (
    title: string,
    fn: (world: World) => void | Promise<void>,
    ignoreRule = false,
  ) =>
    test(`${name}: ${title}`, async () => {
      using world = make();
      await fn(world);
    }, { ignore: ignore || ignoreRule });

  rule("add() refuses what is no descriptor, and says why", ({ selector, badDescriptor }) => {
    assertEquals(selector.add(badDescriptor.fd, 0, 0), FAILED);
    const { code, errno, syscall } = selector.lastFailure();
    assert(badDescriptor.codes.includes(code), code);
    assert(errno > 0);
    assert(syscall !== "");
  }, ignoreRefusal);

  rule("add() refuses a descriptor that is watched already, and goes on watching it", (world) => {
    const pair = world.connect();
    using _watched = watch(world, pair, 0);
    assertEquals(world.selector.add(pair.fd, 1, 0), FAILED);
    assertEquals(world.selector.lastFailure().code, "EEXIST");
    world.selector.arm(pair.fd, 0, 0, READABLE);
    pair.feed();
    expect(world, 0, READABLE);
  });

  rule("poll(0) without events answers 0 at once", (world) => {
    world.selector.poll(0);
    assertEquals(world.selector.poll(0), 0);
  });

  rule("poll() waits for its timeout and no longer", (world) => {
    world.selector.poll(0);
    const start = world.now();
    assertEquals(world.selector.poll(5), 0);
    const took = world.now() - start;
    assert(took >= 4.9 && took < 2000, `${took} ms`);
  });

  rule("S1 after a would-block and arm, data give an event, again and again", (world) => {
    const pair = world.connect();
    using _watched = watch(world, pair, 0);
    for (let round = 0; round < 5; round++) {
      world.selector.arm(pair.fd, 0, 0, READABLE);
      pair.feed();
      expect(world, 0, READABLE);
      pair.drain();
    }
  });

  rule("S1 after a would-block and arm, room to write gives an event", (world) => {
    const pair = world.connect();
    using _watched = watch(world, pair, 0);
    for (let round = 0; round < 2; round++) {
      pair.fill();
      world.selector.poll(0);
      world.selector.arm(pair.fd, 0, 0, WRITABLE);
      pair.relieve();
      expect(world, 0, WRITABLE, () => pair.relieve());
    }
  });

  rule("S2 an event carries its index and generation, whatever they are", (world) => {
    for (
      const [index, generation] of [[0, 0], [1, 2 ** 31 - 1], [1_000_000, -(2 ** 31)]] as const
    ) {
      const pair = world.connect();
      using _watched = watch(world, pair, index, generation);
      world.selector.arm(pair.fd, index, generation, READABLE);
      pair.feed();
      for (const event of expect(world, index, READABLE)) {
        assertEquals([event.index, event.generation], [index, generation]);
      }
    }
  });

  rule("S2 events of several sources are told apart", (world) => {
    const pairs = Array.from({ length: 5 }, () => world.connect());
    using stack = new DisposableStack();
    for (const [i, pair] of pairs.entries()) stack.use(watch(world, pair, i, i + 10));
    for (const [i, pair] of pairs.entries()) world.selector.arm(pair.fd, i, i + 10, READABLE);
    for (const i of [1, 3]) pairs[i]!.feed();
    const readable = new Set<number>();
    for (let tries = 0; readable.size < 2 && tries < 40; tries++) {
      for (const event of read(world.selector, world.selector.poll(50))) {
        assertEquals(event.generation, event.index + 10);
        if (event.bits & READABLE) readable.add(event.index);
      }
    }
    assertEquals([...readable].sort(), [1, 3]);
  });

  rule("S3 after remove no event of the source is collected", (world) => {
    const pair = world.connect();
    assertEquals(world.selector.add(pair.fd, 7, 0), 0);
    world.selector.arm(pair.fd, 7, 0, READABLE | WRITABLE);
    pair.feed();
    world.selector.remove(pair.fd, 7);
    pair.feed();
    assertEquals(read(world.selector, world.selector.poll(10)), []);
    pair.close();
    assertEquals(read(world.selector, world.selector.poll(0)), []);
  });

  rule("S2, S3 the successor of a closed descriptor gets none of its events", (world) => {
    const first = world.connect();
    assertEquals(world.selector.add(first.fd, 0, 0), 0);
    world.selector.arm(first.fd, 0, 0, READABLE | WRITABLE);
    first.feed();
    world.selector.remove(first.fd, 0);
    first.close();
    const second = world.connect();
    if (world.reusesNumbers) assertEquals(second.fd, first.fd);
    assertEquals(world.selector.add(second.fd, 0, 1), 0);
    second.drain();
    world.selector.arm(second.fd, 0, 1, READABLE);
    for (let i = 0; i < 3; i++) {
      for (const event of read(world.selector, world.selector.poll(5))) {
        assertEquals(event.generation, 1);
        assertEquals(event.bits & READABLE, 0, "the data were the predecessor's");
      }
    }
    second.feed();
    for (const event of expect(world, 0, READABLE)) assertEquals(event.generation, 1);
    world.selector.remove(second.fd, 0);
    second.close();
  });

  rule("S4 several changes may come as one event, which has them all", (world) => {
    const pair = world.connect();
    using _watched = watch(world, pair, 0);
    pair.fill();
    world.selector.poll(0);
    world.selector.arm(pair.fd, 0, 0, READABLE | WRITABLE);
    for (let i = 0; i < 5; i++) pair.feed();
    pair.relieve();
    const seen = expect(world, 0, READABLE, () => pair.relieve());
    if (!seen.some(({ bits }) => bits & WRITABLE)) expect(world, 0, WRITABLE, () => pair.relieve());
  });

  rule("an end of the far side is reported as READ_CLOSED, and reading as possible", (world) => {
    const pair = world.connect();
    using _watched = watch(world, pair, 0);
    world.selector.arm(pair.fd, 0, 0, READABLE);
    pair.halfClose();
    const seen = expect(world, 0, READ_CLOSED | READABLE);
    assert(seen.every(({ bits }) => (bits & WRITE_CLOSED) === 0), "writing goes on");
  });

  rule("a broken connection is reported to those who read and those who write", (world) => {
    const pair = world.connect();
    using _watched = watch(world, pair, 0);
    world.selector.arm(pair.fd, 0, 0, READABLE | WRITABLE);
    pair.reset();
    const seen = expect(world, 0, READABLE | WRITABLE);
    assert(seen.some(({ bits }) => bits & (ERROR | WRITE_CLOSED)), "it is more than half closed");
  });

  rule("S5 wake() before a poll ends it", (world) => {
    world.selector.poll(0);
    const start = world.now();
    world.selector.wake();
    world.selector.poll(5000);
    assert(world.now() - start < 2500);
  });

  rule("S5 wake() before a park ends it", async (world) => {
    world.selector.poll(0);
    world.selector.wake();
    assertEquals(await park(world, -1).ended, []);
  });

  rule("S5 wake() during a park ends it", async (world) => {
    world.selector.poll(0);
    for (let i = 0; i < 3; i++) {
      const parked = park(world, -1);
      await world.pass(2);
      assert(!parked.isDone());
      world.selector.wake();
      assertEquals(await parked.ended, []);
    }
  });

  rule("S5 many wakes may count as one, and leave nothing behind", async (world) => {
    world.selector.poll(0);
    for (let i = 0; i < 1000; i++) world.selector.wake();
    const start = world.now();
    world.selector.poll(5000);
    assert(world.now() - start < 2500);
    let polls = 0;
    while (world.selector.poll(0) > 0) assert(++polls < 1000);
    const parked = park(world, -1);
    for (let i = 0; i < 100; i++) world.selector.wake();
    await parked.ended;
  });

  rule("S5 wake() during a park ends it although a poll follows at once", async (world) => {
    world.selector.poll(0);
    for (let i = 0; i < 20; i++) {
      const parked = park(world, 2000);
      if (i % 2 === 0) await world.pass(1);
      const start = world.now();
      world.selector.wake();
      world.selector.poll(0);
      await parked.ended;
      assert(world.now() - start < 1500, "the poll has taken the wake from the park");
    }
  });

  rule("watchWaker() lets another thread end a park, again and again", async (world) => {
    const waker = world.selector.watchWaker(-1);
    for (let i = 0; i < 5; i++) {
      const parked = park(world, 5000);
      await world.pass(1);
      const start = world.now();
      world.wake(waker);
      assertEquals(await parked.ended, []);
      assert(world.now() - start < 2500);
    }
  });

  rule("watchWaker() leaves nothing behind: a wake ends one wait", (world) => {
    const waker = world.selector.watchWaker(-1);
    for (let i = 0; i < 3; i++) world.wake(waker);
    let polls = 0;
    while (world.selector.poll(0) > 0) assert(++polls < 10);
    assertEquals(world.selector.poll(1), 0);
  });

  rule("park() ends with the event, which can be read when it is done", async (world) => {
    const pair = world.connect();
    using _watched = watch(world, pair, 4, 2);
    world.selector.arm(pair.fd, 4, 2, READABLE);
    const parked = park(world, -1);
    await world.pass(2);
    pair.feed();
    const [event] = await parked.ended;
    assertEquals([event?.index, event?.generation, event!.bits & READABLE], [4, 2, READABLE]);
  });

  rule("park() with a timeout ends by itself, and not before", async (world) => {
    world.selector.poll(0);
    const start = world.now();
    const parked = park(world, 8);
    await world.pass(2);
    assert(!parked.isDone() || world.now() - start >= 7.9);
    await world.pass(6);
    assertEquals(await parked.ended, []);
    assert(world.now() - start >= 7.9, `${world.now() - start} ms`);
  });

  rule("S6 poll(0) works while a park is outstanding", async (world) => {
    const pair = world.connect();
    using _watched = watch(world, pair, 0);
    const parked = park(world, -1);
    await world.pass(2);
    assertEquals(read(world.selector, world.selector.poll(0)), []);
    assert(!parked.isDone());
    world.selector.arm(pair.fd, 0, 0, READABLE);
    pair.feed();
    // Whoever is quicker gets the event; nobody loses it.
    const polled = read(world.selector, world.selector.poll(0));
    world.selector.wake();
    const seen = [...polled, ...await parked.ended];
    assert(seen.some(({ index, bits }) => index === 0 && bits & READABLE));
  });
}
