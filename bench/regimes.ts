/**
 * On which processors server and load run.
 *
 * @module
 */

import { choose, type Options } from "./options.ts";
import { err } from "./out.ts";
import { allowedProcessors } from "./processors.ts";

/** One way to share the machine between a server and its load. */
export interface Regime {
  readonly name: string;
  readonly server: string;
  readonly load: string;
}

/** The regimes asked for; of those of `byDefault`, what the machine has room for. */
export async function chooseRegimes(
  options: Options,
  byDefault: readonly string[],
): Promise<Regime[]> {
  const all = (await allowedProcessors()).map(String);
  const [first = "0", second] = all;
  const regimes = [
    { name: "same", server: first, load: first },
    { name: "free", server: all.join(), load: all.join() },
  ];
  if (second !== undefined) regimes.unshift({ name: "split", server: first, load: second });
  else err("There is no split regime: it needs two processors");
  const known = regimes.map((regime) => regime.name);
  const wanted = byDefault.filter((name) => known.includes(name));
  const names = choose("regime", known, options.regimes ?? (wanted.length > 0 ? wanted : ["same"]));
  return regimes.filter((regime) => names.includes(regime.name));
}
