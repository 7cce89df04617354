/**
 * Random trees of combinators, given up at every point: each future in them ends exactly once.
 *
 * @module
 */

import { assert, assertEquals, assertGreater } from "@std/assert";
import { abortable } from "../../future/abortable.ts";
import { branch, when } from "../../future/branch.ts";
import { andThen, mapped, orElse } from "../../future/chain.ts";
import type { Future } from "../../future/future.ts";
import { future } from "../../future/generator.ts";
import { join, joinAll, tryJoin } from "../../future/join.ts";
import { lazy } from "../../future/lazy.ts";
import { fuse, maybeDone } from "../../future/maybe_done.ts";
import { Pending } from "../../future/poll.ts";
import { pollFn } from "../../future/poll_fn.ts";
import { race, selectOk } from "../../future/race.ts";
import { Random, swapRandom } from "../../future/random.ts";
import { select } from "../../future/select.ts";
import { withSignal } from "../../future/signal.ts";
import { test } from "../helpers/leak_guard.ts";
import { pollOnce, Wakes } from "../helpers/wakes.ts";

/** How often a leaf has ended, in each way. */
interface Leaf {
  completed: number;
  failed: number;
  dropped: number;
}

/** Grows trees of futures and keeps book of their leaves. */
class Grower {
  readonly leaves: Leaf[] = [];
  readonly kinds = new Set<string>();
  readonly #random: Random;

  constructor(seed: number) {
    this.#random = new Random(seed);
  }

  tree(depth: number): Future<unknown> {
    if (depth === 0 || this.#chance(5)) return this.#leaf();
    const nodes = Object.entries(this.#nodes);
    const [kind, node] = nodes[this.#random.below(nodes.length)]!;
    this.kinds.add(kind);
    return node(() => this.tree(depth - 1));
  }

  readonly #nodes: Record<string, (grow: Grow) => Future<unknown>> = {
    join: (grow: Grow) => join(grow(), grow(), grow()),
    joinAll: (grow: Grow) => joinAll([grow(), grow()], { biased: true }),
    tryJoin: (grow: Grow) => tryJoin(grow(), grow(), grow()),
    race: (grow: Grow) => race(grow(), grow(), grow()),
    selectOk: (grow: Grow) => selectOk(grow(), grow()),
    select: (grow: Grow) => select({ a: grow(), b: grow(), c: grow() }),
    branches: (grow: Grow) =>
      select({
        plain: grow(),
        guarded: branch(grow(), { if: this.#chance(2) }),
        refuted: branch(grow(), { match: () => this.#chance(2) }),
        handled: branch(grow(), { handle: grow }),
        later: when(this.#chance(2), grow, { match: () => this.#chance(2) }),
      }, { biased: this.#chance(2) }),
    otherwise: (grow: Grow) =>
      select([branch(grow(), { match: () => false }), when(false, grow)], { else: grow }),
    mapped: (grow: Grow) =>
      mapped(grow(), () => {
        if (this.#chance(3)) throw new Error("The call of mapped() failed");
      }),
    andThen: (grow: Grow) => andThen(grow(), grow),
    orElse: (grow: Grow) => orElse(grow(), grow),
    lazy: (grow: Grow) => lazy(grow),
    fuse: (grow: Grow) => fuse(grow()),
    maybeDone: (grow: Grow) => maybeDone(grow()),
    abortable: (grow: Grow) => {
      const [waiting, aborter] = abortable(grow());
      return tryJoin(waiting, this.#leaf(() => aborter.abort()));
    },
    withSignal: (grow: Grow) => {
      const controller = new AbortController();
      const inner = withSignal(grow(), controller.signal);
      return tryJoin(inner, this.#leaf(() => controller.abort()));
    },
    generator: (grow: Grow) =>
      future(function* () {
        yield* grow();
        yield* grow();
      }),
  };

  /** A future that ends after a few polls, well or badly, and may fail to be dropped. */
  #leaf(atEnd = () => {}): Future<unknown> {
    const leaf: Leaf = { completed: 0, failed: 0, dropped: 0 };
    this.leaves.push(leaf);
    let left = this.#random.below(4);
    const fails = this.#chance(4);
    const isStubborn = this.#chance(8);
    return pollFn<unknown>((cx) => {
      if (left-- > 0) {
        cx.waker.wake();
        return Pending;
      }
      atEnd();
      if (!fails) return void (leaf.completed += 1);
      leaf.failed += 1;
      throw new Error("The leaf failed");
    }, () => {
      leaf.dropped += 1;
      if (isStubborn) throw new Error("The leaf could not be dropped");
    });
  }

  #chance(outOf: number): boolean {
    return this.#random.below(outOf) === 0;
  }
}

type Grow = () => Future<unknown>;

/** Polls a tree that `seed` grows, at most `polls` times, and drops it. Answers whether it ended. */
function play(seed: number, polls: number, kinds: Set<string>): boolean {
  const grower = new Grower(seed);
  const outer = swapRandom(new Random(seed));
  const tree = grower.tree(3);
  let ended = false;
  try {
    for (let i = 0; i < polls && !ended; i++) ended = pollOnce(tree, new Wakes()) !== Pending;
  } catch {
    ended = true;
  }
  try {
    tree[Symbol.dispose]();
  } catch (error) {
    assert((error as Error).message.startsWith("The leaf could not be dropped"), `${error}`);
  }
  swapRandom(outer);
  for (const leaf of grower.leaves) {
    const ends = leaf.completed + leaf.failed + leaf.dropped;
    assertEquals(ends, 1, `seed ${seed}, ${polls} polls: ${JSON.stringify(leaf)}`);
  }
  for (const kind of grower.kinds) kinds.add(kind);
  return ended;
}

test("every future in a tree of combinators completes, fails or is dropped, exactly once", () => {
  const kinds = new Set<string>();
  let most = 0;
  for (let seed = 0; seed < 3000; seed++) {
    let polls = 0;
    while (!play(seed, polls, kinds) && polls < 30) polls += 1;
    most = Math.max(most, polls);
  }
  assertEquals(kinds.size, 17);
  assertGreater(most, 6);
});
