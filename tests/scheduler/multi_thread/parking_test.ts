/**
 * Telling an isolate that there is something for it, with one thread. Schedules of several are in
 * `tests/model/`.
 *
 * @module
 */

import { assert, assertEquals, assertFalse } from "@std/assert";
import { Domain } from "../../../scheduler/multi_thread/domain.ts";
import {
  AWAKE,
  awake,
  NOTIFIED,
  park,
  PARKED,
  unpark,
} from "../../../scheduler/multi_thread/parking.ts";

function isolate() {
  const domain = new Domain();
  const woken: number[] = [];
  const tell = () => unpark(domain, domain.self, (descriptor) => void woken.push(descriptor));
  const state = () => domain.words[domain.parked(domain.self)];
  return { domain, woken, tell, state };
}

Deno.test("park() is allowed when there is nothing for the isolate", () => {
  const { domain, state } = isolate();
  assert(park(domain));
  assertEquals(state(), PARKED);
  awake(domain);
  assertEquals(state(), AWAKE);
});

Deno.test("park() is refused once when the isolate has been told of something", () => {
  const { domain, tell, state } = isolate();
  tell();
  assertEquals(state(), NOTIFIED);
  assertFalse(park(domain));
  assertEquals(state(), AWAKE);
  assert(park(domain));
});

Deno.test("awake() forgets what the isolate has been told, since it is about to look", () => {
  const { domain, tell } = isolate();
  tell();
  awake(domain);
  assert(park(domain));
});

Deno.test("unpark() wakes the selector of an isolate that rests, once", () => {
  const { domain, woken, tell } = isolate();
  domain.words[domain.waker(domain.self)] = 7 + 1;
  tell();
  assertEquals(woken, []);
  park(domain);
  assert(park(domain));
  tell();
  tell();
  assertEquals(woken, [7]);
  awake(domain);
  tell();
  assertEquals(woken, [7]);
});

Deno.test("unpark() of an isolate without a selector needs none", () => {
  const { domain, woken, tell } = isolate();
  park(domain);
  tell();
  assertEquals(woken, []);
  assertFalse(park(domain));
});
