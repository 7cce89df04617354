/**
 * Lets implementations take turns, round by round.
 *
 * Noise on a shared machine comes in waves that slow whole rounds. So everybody has a turn within
 * every round, in an order that changes, and is compared to the others of the same round.
 *
 * @module
 */

import { err } from "./out.ts";
import type { Absence } from "./report.ts";
import { type Sample, shuffled, type Values } from "./stats.ts";

/** Who is measured in what. */
export interface Plan<P> {
  /** In the order of the tables. */
  readonly cases: readonly string[];
  /** In the order of the tables. */
  readonly peers: ReadonlyMap<string, P>;
  readonly rounds: number;
  /** Decides the order within the rounds. */
  readonly seed: number;
  /** Whether an implementation takes part in a case; all do in all unless this says otherwise. */
  takesPart?(impl: string, name: string, round: number): boolean;
  /** Who fails is left out of this case only, not of all. */
  readonly failsByCase?: boolean;
  /** Runs one implementation once through one case. */
  measure(peer: P, name: string): Promise<Values>;
  /** One measurement as a line of progress shows it. */
  progress(values: Values): string;
}

/** The samples in the order of the tables, and whoever could not go on. */
export interface Measured {
  readonly samples: readonly Sample[];
  readonly failed: readonly Absence[];
}

/** Measures every case in every round. Who fails once is left out from then on: see `failsByCase`. */
export async function measureRounds<P>(plan: Plan<P>): Promise<Measured> {
  const samples: Sample[] = [];
  const failed: Absence[] = [];
  const leftOut = new Set<string>();
  const failureOf = (impl: string, name: string) => plan.failsByCase ? `${impl} ${name}` : impl;
  let turn = 0;
  for (let round = 1; round <= plan.rounds; round++) {
    for (const name of plan.cases) {
      const able = [...plan.peers].filter(([impl]) =>
        (plan.takesPart?.(impl, name, round) ?? true) && !leftOut.has(failureOf(impl, name))
      );
      for (const [impl, peer] of shuffled(able, plan.seed * 1000 + turn++)) {
        const label = `round ${round}/${plan.rounds} ${name} ${impl}`;
        try {
          const values = await plan.measure(peer, name);
          samples.push({ round, case: name, impl, values });
          err(`${label}: ${plan.progress(values)}`);
        } catch (error) {
          const why = error instanceof Error ? error.message : String(error);
          leftOut.add(failureOf(impl, name));
          failed.push({ impl, why: `${name}: ${why.split("\n")[0]}` });
          err(`${label} FAILED: ${why}`);
        }
      }
    }
  }
  return { samples: inOrder(samples, plan.cases, [...plan.peers.keys()]), failed };
}

/** The samples came in random order; the tables follow that of the lists. */
function inOrder(samples: readonly Sample[], cases: readonly string[], impls: string[]): Sample[] {
  const place = (sample: Sample) =>
    cases.indexOf(sample.case) * impls.length + impls.indexOf(sample.impl);
  return samples.toSorted((a, b) => place(a) - place(b));
}
