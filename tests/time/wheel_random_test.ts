/**
 * The timer wheel against a plain sorted list, on random schedules that a seed repeats.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { TimerWheel } from "../../time/wheel.ts";
import { Seeded } from "../helpers/seeded.ts";
import { Timer } from "./_timer.ts";

/** Distances on all levels alike, and beyond the last. */
function distance(next: () => number): number {
  return Math.floor(64 ** (next() * 6.3)) + Math.floor(next() * 3);
}

/**
 * Plays one schedule. Every step inserts, removes or lets time pass: to where the wheel asks to be
 * looked at, by a little, or by a leap. The naive model says what has to have fired.
 */
function play(seed: number, steps: number): void {
  const random = new Seeded(seed);
  const next = () => random.next();
  const wheel = new TimerWheel();
  const model = new Set<Timer>();
  let now = Math.floor(next() * 64 ** 3);
  wheel.advance(now);
  let fired: Timer[] = [];

  const check = (before: number) => {
    const due = [...model].filter((timer) => timer.when <= now);
    const context = `seed ${seed}, from ${before} to ${now}`;
    assertEquals(fired.length, due.length, `${context}: how many fire`);
    let last = before;
    for (const timer of fired) {
      assert(model.delete(timer), `${context}: fires what is in, once`);
      assert(timer.when <= now, `${context}: never early`);
      assert(timer.when >= last, `${context}: in order`);
      last = timer.when;
    }
    fired = [];
    assertEquals(wheel.size, model.size, `${context}: size`);
    const first = Math.min(Infinity, ...[...model].map((timer) => timer.when));
    assert(wheel.next() <= first, `${context}: next() ${wheel.next()} is after ${first}`);
    assert(wheel.next() > now, `${context}: next() lies ahead`);
  };

  const advance = (to: number) => {
    const before = now;
    now = Math.max(now, Math.floor(to));
    wheel.advance(now);
    check(before);
  };

  for (let i = 0; i < steps; i++) {
    const what = next();
    if (what < 0.5) {
      const timer = new Timer(now + distance(next), (self) => fired.push(self));
      if (wheel.insert(timer)) model.add(timer);
      else assert(timer.when <= now);
    } else if (what < 0.65) {
      const timers = [...model];
      const victim = timers[Math.floor(next() * timers.length)];
      if (victim === undefined) continue;
      wheel.remove(victim);
      model.delete(victim);
    } else if (what < 0.85) {
      if (wheel.size > 0) advance(wheel.next());
    } else if (what < 0.95) {
      advance(now + next() * 100);
    } else {
      advance(now + distance(next));
    }
  }
  for (let turns = 0; wheel.size > 0; turns++) {
    assert(turns < 100_000, `seed ${seed}: the wheel must come to an end`);
    advance(wheel.next());
  }
  assertEquals(model.size, 0);
}

Deno.test("TimerWheel fires what a sorted list would fire, on all levels, never early, in order", () => {
  for (let seed = 1; seed <= 60; seed++) play(seed, 300);
});

Deno.test("TimerWheel agrees with a sorted list under one long load", () => play(4711, 5000));
