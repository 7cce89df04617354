/**
 * The knobs of the isolate's loop. The runtimes of an isolate share it, so those of the runtime that
 * was built last hold, until it is shut down.
 *
 * @module
 */

import { type Random, swapRandom } from "../future/random.ts";
import type { SchedulerOptions } from "./current_thread.ts";
import { useThreadModule } from "../host/thread.ts";
import { isolate } from "./isolate.ts";

/** The knobs of one runtime. */
export interface Knobs extends SchedulerOptions {
  /** What edo chooses at random follows this generator. */
  readonly random?: Random;
  /** Whether the clock stands while the runtime lives. */
  readonly startPaused?: boolean;
  /** The address of the module that threads run. */
  readonly threadModule?: string | undefined;
}

/** Who turned the knobs, the last one at the end. */
const held: Knobs[] = [];

/** The generator that chooses while no knob is held. */
let usual: Random | undefined;

/** Who stopped the clock. */
let pausedBy: Knobs | undefined;

/** Has `knobs` hold until they are released. */
export function holdKnobs(knobs: Knobs): void {
  held.push(knobs);
  turn(knobs);
  if (knobs.startPaused !== true || isolate.driver.isPaused) return;
  isolate.driver.pause();
  pausedBy = knobs;
}

/** Gives the loop back to those whose knobs held before. Does nothing the second time. */
export function releaseKnobs(knobs: Knobs): void {
  const index = held.indexOf(knobs);
  if (index < 0) return;
  held.splice(index, 1);
  turn(held.at(-1) ?? {});
  if (pausedBy !== knobs) return;
  pausedBy = undefined;
  if (isolate.driver.isPaused) isolate.driver.resume();
}

function turn(knobs: Knobs): void {
  isolate.configure(knobs);
  // There is one for the whole program, and not every runtime says so.
  useThreadModule(held.findLast(({ threadModule }) => threadModule !== undefined)?.threadModule);
  const { random } = knobs;
  if (random !== undefined) {
    const before = swapRandom(random);
    usual ??= before;
  } else if (usual !== undefined) {
    swapRandom(usual);
    usual = undefined;
  }
}
