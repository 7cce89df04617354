/**
 * Declares the scenarios of the model checker, and a test for each.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { needs } from "../helpers/needs.ts";
import { type Declared, explore, prepare, replay } from "./explorer.ts";
import type { Scenario } from "./scenario.ts";

/** Whether the searches may take minutes. */
export const isLong: boolean = Deno.env.get("EDO_MODEL") === "long";

/** Whether this is a thread of a scenario, which only looks up what it is to do. */
const isThread = "WorkerGlobalScope" in globalThis;

const declared = new Map<string, Declared>();

if (!isThread) prepare(3);

/**
 * Declares a scenario without a test.
 *
 * @param module The `import.meta` of the module that calls, which the threads load too.
 * @param scenario What happens.
 */
export function declare(module: { readonly url: string }, scenario: Scenario): Declared {
  const own: Declared = { module: module.url, scenario };
  declared.set(scenario.title, own);
  return own;
}

/**
 * Declares a scenario, with a test that explores it, and one for each of its mistakes.
 *
 * @param module The `import.meta` of the module that calls, which the threads load too.
 * @param scenario What happens.
 */
export function model(module: { readonly url: string }, scenario: Scenario): void {
  const own = declare(module, scenario);
  if (isThread) return;
  const options = needs("orders");
  Deno.test(scenario.title, options, () => {
    const { failure } = explore(own, { preemptions: preemptionsOf(scenario) });
    assertEquals(failure, undefined, failure && `${failure.message}\n${failure.steps}`);
  });
  for (const [bug, { name }] of (scenario.bugs ?? []).entries()) {
    Deno.test(`${scenario.title}: not with ${name}`, options, () => {
      const { failure } = explore(own, { preemptions: preemptionsOf(scenario), bug });
      assert(failure !== undefined, "No schedule fails");
      const again = replay(own, failure.choices, { bug });
      assertEquals(again?.outcome, failure.outcome);
    });
  }
}

/** The scenario with a title. */
export function find(title: string): Scenario {
  const found = declared.get(title);
  if (found === undefined) throw new TypeError(`Cannot find scenario "${title}"`);
  return found.scenario;
}

/** All scenarios that the modules loaded so far have declared. */
export function all(): Declared[] {
  return [...declared.values()];
}

/** The bound that holds for a scenario now, or `undefined` for none. */
export function preemptionsOf(scenario: Scenario): number | undefined {
  return isLong ? scenario.longPreemptions : scenario.preemptions;
}
