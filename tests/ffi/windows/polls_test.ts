/**
 * Polls of sockets: rules A1 to A4 of `ffi/windows/afd.ts`, and what the selector makes of them.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import {
  ERROR,
  FAILED,
  PRIORITY,
  READ_CLOSED,
  READABLE,
  WRITABLE,
  WRITE_CLOSED,
} from "../../../ffi/backend.ts";
import { backend } from "../../../ffi/mod.ts";
import { AFD } from "../../../ffi/windows/abi.ts";
import { eventsFor, readinessOf } from "../../../ffi/windows/selector.ts";
import { needs } from "../../helpers/needs.ts";
import { nativeWorld } from "../../reactor/native_world.ts";
import { expect, park, read, type World } from "../../reactor/selector_world.ts";
import { openPipes } from "./_pipes.ts";

const ALL = ERROR | READ_CLOSED | WRITE_CLOSED | READABLE | WRITABLE;

Deno.test("eventsFor() asks for errors in any case, and for the end of a stream with reading", () => {
  const errors = AFD.ABORT | AFD.CONNECT_FAIL;
  assertEquals(eventsFor(0), errors);
  assertEquals(eventsFor(READABLE), errors | AFD.RECEIVE | AFD.ACCEPT | AFD.DISCONNECT);
  assertEquals(eventsFor(WRITABLE), errors | AFD.SEND);
  assertEquals(eventsFor(PRIORITY), errors | AFD.RECEIVE_EXPEDITED);
  assertEquals(eventsFor(READABLE | WRITABLE), eventsFor(READABLE) | eventsFor(WRITABLE));
});

const FOUND: [events: number, ready: number][] = [
  [0, 0],
  [AFD.RECEIVE, READABLE],
  [AFD.ACCEPT, READABLE],
  [AFD.SEND, WRITABLE],
  [AFD.RECEIVE | AFD.SEND, READABLE | WRITABLE],
  [AFD.RECEIVE_EXPEDITED, PRIORITY | READABLE],
  [AFD.DISCONNECT, READ_CLOSED | READABLE],
  [AFD.RECEIVE | AFD.DISCONNECT, READ_CLOSED | READABLE],
  [AFD.ABORT, ALL],
  [AFD.LOCAL_CLOSE, ALL],
  [AFD.CONNECT_FAIL, ALL],
];

for (const [events, ready] of FOUND) {
  Deno.test(`readinessOf(0x${events.toString(16)}) is ${ready}`, () => {
    assertEquals(readinessOf(events), ready);
  });
}

function test(name: string, fn: (world: World) => void | Promise<void>) {
  // Libraries stay open for as long as the process runs.
  Deno.test(name, { ...needs("windows"), sanitizeResources: false }, async () => {
    using world = nativeWorld(backend());
    await fn(world);
  });
}

test("A1 what is wanted later joins the poll in flight", (world) => {
  const pair = world.connect();
  const { selector } = world;
  assertEquals(selector.add(pair.fd, 0, 0), 0);
  pair.drain();
  selector.arm(pair.fd, 0, 0, READABLE);
  assertEquals(selector.poll(0), 0);
  selector.arm(pair.fd, 0, 0, WRITABLE);
  const seen = expect(world, 0, WRITABLE);
  assert(seen.every(({ bits }) => (bits & READABLE) === 0));
  // Reading is still wanted, although nobody has asked again.
  pair.feed();
  expect(world, 0, READABLE);
  selector.remove(pair.fd, 0);
  pair.close();
});

test("A1 what is wanted during a park joins the poll in flight", async (world) => {
  const pair = world.connect();
  const { selector } = world;
  assertEquals(selector.add(pair.fd, 0, 0), 0);
  selector.arm(pair.fd, 0, 0, READABLE);
  for (let i = 0, found = false; !found; i++) {
    assert(i < 10);
    const parked = park(world, 1000);
    await world.pass(2);
    selector.arm(pair.fd, 0, 0, WRITABLE);
    found = (await parked.ended).some(({ bits }) => (bits & WRITABLE) !== 0);
  }
  selector.remove(pair.fd, 0);
  pair.close();
});

test("A2 a poll that completes while it is cancelled has no event, and its slot is used again", (world) => {
  const { selector } = world;
  for (let generation = 0; generation < 100; generation++) {
    const pair = world.connect();
    assertEquals(selector.add(pair.fd, 0, generation), 0);
    selector.arm(pair.fd, 0, generation, READABLE);
    selector.poll(0);
    pair.feed();
    selector.remove(pair.fd, 0);
    pair.close();
    for (const event of read(selector, selector.poll(0))) assert(event.generation > generation);
  }
});

test("A4 more sockets than one handle of the device serves are all heard", (world) => {
  const { selector } = world;
  const pairs = Array.from({ length: 80 }, () => world.connect());
  for (const [i, pair] of pairs.entries()) {
    assertEquals(selector.add(pair.fd, i, i), 0);
    selector.arm(pair.fd, i, i, READABLE);
  }
  for (const pair of pairs) pair.feed();
  const heard = new Set<number>();
  for (let tries = 0; heard.size < pairs.length && tries < 200; tries++) {
    for (const { index, generation, bits } of read(selector, selector.poll(50))) {
      assertEquals(generation, index);
      if (bits & READABLE) heard.add(index);
    }
  }
  assertEquals(heard.size, pairs.length);
  for (const [i, pair] of pairs.entries()) {
    selector.remove(pair.fd, i);
    pair.close();
  }
});

test("a socket that is closed under its poll is reported as closed", (world) => {
  const pair = world.connect();
  assertEquals(world.selector.add(pair.fd, 0, 0), 0);
  world.selector.arm(pair.fd, 0, 0, READABLE);
  assertEquals(world.selector.poll(0), 0);
  pair.close();
  expect(world, 0, ALL);
  world.selector.remove(pair.fd, 0);
});

test("a poll that the driver refuses is reported as an error, also during a park", async (world) => {
  const pair = world.connect();
  assertEquals(world.selector.add(pair.fd, 0, 0), 0);
  pair.close();
  world.selector.arm(pair.fd, 0, 0, READABLE);
  expect(world, 0, ALL);
  const parked = park(world, 5000);
  await world.pass(2);
  const start = world.now();
  world.selector.arm(pair.fd, 0, 0, READABLE);
  const seen = await parked.ended;
  assertEquals(seen.map(({ bits }) => bits), [ALL]);
  assert(world.now() - start < 2500);
  world.selector.remove(pair.fd, 0);
});

test("a socket is watched once at a time", (world) => {
  const pair = world.connect();
  assertEquals(world.selector.add(pair.fd, 0, 0), 0);
  assertEquals(world.selector.add(pair.fd, 1, 0), FAILED);
  assertEquals(world.selector.lastFailure().code, "EEXIST");
  world.selector.remove(pair.fd, 0);
  assertEquals(world.selector.add(pair.fd, 1, 0), 0);
  world.selector.remove(pair.fd, 1);
  pair.close();
});

test("a selector that is closed with polls in flight leaves no handle behind", () => {
  const { handles } = openPipes();
  const { sockets } = backend();
  const run = () => {
    const selector = backend().createSelector();
    const fds = Array.from({ length: 70 }, () => sockets.open(4, "datagram"));
    for (const [i, fd] of fds.entries()) {
      assertEquals(selector.add(fd, i, 0), 0);
      selector.arm(fd, i, 0, READABLE);
    }
    selector.poll(0);
    selector.close();
    for (const fd of fds) sockets.close(fd);
  };
  run();
  const before = handles();
  for (let i = 0; i < 5; i++) run();
  assertEquals(handles() - before, 0);
  const fd = sockets.open(4, "datagram");
  assertEquals(handles() - before, 1, "an open socket is counted");
  sockets.close(fd);
});
