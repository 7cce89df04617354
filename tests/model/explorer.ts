/**
 * Runs the threads of a scenario through all the orders in which their steps can be made.
 *
 * Each thread is a Worker that runs the protocols as they are, with a gate before every atomic
 * operation. The explorer starts a schedule, sleeps until the threads have gone through it, checks
 * what has come of it, and has its search choose the next one.
 *
 * @module
 */

import * as c from "./control.ts";
import { grant } from "./gate.ts";
import { raceIn } from "./races.ts";
import type { Scenario } from "./scenario.ts";
import { BoundedSearch, NOTHING, type Prefix, ReducedSearch, type Search } from "./search.ts";
import { describe, readSteps, type Step } from "./trace.ts";
import type { Work } from "./worker.ts";

/** How long a thread may take to load its scenario. */
const LOAD_MS = 30_000;
/** How long the threads may take for one schedule. */
const SCHEDULE_MS = 30_000;

/** How many words a memory may have to be cleared as a whole. */
const SHORT = 1 << 15;

/** A scenario, and the module that declares it. */
export interface Declared {
  /** The module's address. */
  readonly module: string;
  /** The scenario. */
  readonly scenario: Scenario;
}

/** What the exploration may do. */
export interface Options {
  /** The most preemptions; left out, all schedules are explored. */
  readonly preemptions?: number | undefined;
  /** Which mistake is put behind the seam; left out, none. */
  readonly bug?: number;
}

/** A schedule in which the scenario fails. */
export interface Failure {
  /** How it failed. */
  readonly outcome: c.Outcome | "check" | "race";
  /** What was wrong. */
  readonly message: string;
  /** The thread of each step: what {@linkcode replay} needs. */
  readonly choices: readonly number[];
  /** The steps, one line for each. */
  readonly steps: string;
}

/** What an exploration has found. */
export interface Report {
  /** How many schedules were run to their end. */
  readonly schedules: number;
  /** How many were given up because they were known to be like others. */
  readonly redundant: number;
  /** The most steps of a schedule. */
  readonly steps: number;
  /** How long it took, in milliseconds. */
  readonly ms: number;
  /** The first schedule that failed. */
  readonly failure: Failure | undefined;
}

/** Explores a scenario until a schedule fails or all have been run. */
export function explore(declared: Declared, options: Options = {}): Report {
  using model = new Model(declared, options.bug ?? -1);
  const begin = performance.now();
  const total = { schedules: 0, redundant: 0, steps: 0, failure: undefined as Failure | undefined };
  for (const search of searches(declared.scenario, options.preemptions)) {
    let prefix: Prefix | undefined = NOTHING;
    while (prefix !== undefined && total.failure === undefined) {
      const { steps, outcome, failure } = model.run(prefix, search.isReduced);
      if (outcome === "redundant") total.redundant += 1;
      else if (search.isNew(steps)) total.schedules += 1;
      total.steps = Math.max(total.steps, steps.length);
      total.failure = failure;
      prefix = search.next(steps);
    }
  }
  return { ...total, ms: performance.now() - begin };
}

/** Runs one schedule again. */
export function replay(
  declared: Declared,
  choices: readonly number[],
  options: Options = {},
): Failure | undefined {
  using model = new Model(declared, options.bug ?? -1);
  return model.run({ choices, sleeping: 0 }, false).failure;
}

function searches(scenario: Scenario, preemptions: number | undefined): Search[] {
  if (preemptions === undefined) return [new ReducedSearch(scenario.threads.length)];
  return Array.from({ length: preemptions + 1 }, (_, bound) => new BoundedSearch(bound));
}

/** Workers that are not in use. */
const idle: Worker[] = [];

/** The threads of one exploration. */
class Model implements Disposable {
  readonly #scenario: Scenario;
  readonly #control = new Int32Array(new SharedArrayBuffer(c.CONTROL_WORDS * 4));
  readonly #memories: Int32Array[];
  readonly #workers: Worker[] = [];
  /** Those of the last schedule. */
  #steps: readonly Step[] = [];

  constructor({ module, scenario }: Declared, bug: number) {
    this.#scenario = scenario;
    this.#memories = scenario.memories.map((length) =>
      new Int32Array(new SharedArrayBuffer(length * 4))
    );
    for (const thread of scenario.threads.keys()) {
      const worker = idle.pop() ?? startWorker();
      this.#workers.push(worker);
      const { title } = scenario;
      const memories = this.#memories;
      const control = this.#control;
      const work: Work = { worker: WORKER, control, module, title, bug, thread, memories };
      worker.postMessage(work);
    }
    this.#await(c.LOADED, scenario.threads.length, LOAD_MS);
  }

  run(
    prefix: Prefix,
    isReduced: boolean,
  ): { steps: Step[]; outcome: c.Outcome; failure: Failure | undefined } {
    const control = this.#control;
    const scenario = this.#scenario;
    const count = scenario.threads.length;
    this.#clear();
    scenario.setup?.(...this.#memories);
    control.fill(0, 0, c.threadAt(c.MAX_THREADS));
    control[c.THREADS] = count;
    control[c.LAST] = -1;
    control[c.REDUCED] = Number(isReduced);
    control[c.SLEEPING] = prefix.sleeping;
    control[c.PREFIX_LENGTH] = prefix.choices.length;
    control.set(prefix.choices, c.choiceAt(0));
    grant(control, 0);
    this.#await(c.ENDED, 1, SCHEDULE_MS);
    const steps = readSteps(control);
    this.#steps = steps;
    const outcome = c.OUTCOMES[control[c.OUTCOME]!]!;
    const found = this.#verdict(outcome, steps);
    const failure = found === undefined ? undefined : {
      outcome: found[0],
      message: found[1],
      choices: steps.map(({ thread }) => thread),
      steps: describe(scenario, steps),
    };
    return { steps, outcome, failure };
  }

  /** Sends the threads home. */
  [Symbol.dispose](): void {
    const control = this.#control;
    control[c.OVER] = 1;
    control[c.ABORTED] = 1;
    for (const thread of this.#scenario.threads.keys()) grant(control, thread);
    idle.push(...this.#workers);
  }

  #clear(): void {
    let first = 0;
    for (const words of this.#memories) {
      if (words.length <= SHORT) words.fill(0);
      else for (const { word, wrote } of this.#steps) if (wrote) words[word - first] = 0;
      first += words.length;
    }
  }

  #verdict(outcome: c.Outcome, steps: readonly Step[]): [Failure["outcome"], string] | undefined {
    if (outcome === "redundant") return undefined;
    if (outcome === "exception") return [outcome, c.readMessage(this.#control)];
    if (outcome !== "done") return [outcome, MESSAGES[outcome]];
    const race = this.#scenario.plainSteps ? raceIn(steps, this.#scenario.threads.length) : [];
    if (race.length > 0) {
      return ["race", `Steps ${race.join(" and ")} may happen at once, and one of them is a write`];
    }
    try {
      const results = this.#scenario.threads.map((_, thread) => this.#resultsOf(thread));
      this.#scenario.check?.(results, ...this.#memories);
    } catch (error) {
      return ["check", error instanceof Error ? error.message : String(error)];
    }
  }

  #resultsOf(thread: number): number[] {
    const at = c.resultsAt(thread);
    return [...this.#control.subarray(at + 1, at + 1 + this.#control[at]!)];
  }

  #await(index: number, value: number, ms: number): void {
    const control = this.#control;
    const end = performance.now() + ms;
    while (true) {
      const found = Atomics.load(control, index);
      if (found === value) return;
      Atomics.wait(control, index, found, end - performance.now());
      if (performance.now() >= end) throw new Error(`A thread did not answer for ${ms} ms`);
    }
  }
}

const MESSAGES = {
  deadlock: "No thread that is left can go on",
  endless: `There is no end after ${c.MAX_STEPS} steps`,
  diverged: "The same choices led somewhere else: the scenario depends on more than its memory",
} as const;

const WORKER = import.meta.resolve("./worker.ts");

/** Deno checks the types of a worker's modules for each worker, but not of what it imports later. */
const ENTRY = "self.onmessage = async (e) => { await import(e.data.worker); self.onmessage(e); }";

function startWorker(): Worker {
  return new Worker(`data:application/javascript,${encodeURIComponent(ENTRY)}`, { type: "module" });
}

/** Gets workers before they are needed, and ends them with the process. */
export function prepare(count: number): void {
  while (idle.length < count) idle.push(startWorker());
  globalThis.addEventListener("unload", () => {
    for (const worker of idle) worker.terminate();
  });
}
