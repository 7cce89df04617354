/**
 * Which schedule comes next.
 *
 * Both searches go depth first: they keep the steps of the last schedule, change the last choice
 * that is to be changed, and leave what comes after it to the default.
 *
 * @module
 */

import { type Step, stepUsesSleepers, stepUsesWord } from "./trace.ts";

/** The beginning of a schedule. */
export interface Prefix {
  /** The threads that make the first steps. */
  readonly choices: readonly number[];
  /** The threads, as bits, that need not make the last of these steps. */
  readonly sleeping: number;
}

/** A way through the schedules. */
export interface Search {
  /** Whether steps that commute need to be made in one order only. */
  readonly isReduced: boolean;
  /** Whether no search with a lower bound has run this schedule. */
  isNew(steps: readonly Step[]): boolean;
  /** The next schedule after one that has just run, or `undefined` when all have. */
  next(steps: readonly Step[]): Prefix | undefined;
}

/** Before the first schedule. */
export const NOTHING: Prefix = { choices: [], sleeping: 0 };

/**
 * All schedules with no more than so many preemptions. A preemption takes a thread off that could
 * have gone on.
 *
 * Follows M. Musuvathi and S. Qadeer, "Iterative Context Bounding for Systematic Testing of
 * Multithreaded Programs" (2007).
 */
export class BoundedSearch implements Search {
  readonly isReduced = false;
  readonly #bound: number;
  /** For each step the threads that have made it, as bits. */
  readonly #tried: number[] = [];

  constructor(bound: number) {
    this.#bound = bound;
  }

  isNew(steps: readonly Step[]): boolean {
    return preemptionsBefore(steps).at(-1) === this.#bound;
  }

  next(steps: readonly Step[]): Prefix | undefined {
    const tried = this.#tried;
    tried.length = steps.length;
    const before = preemptionsBefore(steps);
    for (let depth = steps.length - 1; depth >= 0; depth--) {
      const step = steps[depth]!;
      const done = (tried[depth] ?? 0) | 1 << step.thread;
      const last = depth === 0 ? -1 : steps[depth - 1]!.thread;
      const canGoOn = last >= 0 && (step.enabled & 1 << last) !== 0;
      const mayPreempt = before[depth]! < this.#bound || !canGoOn;
      const open = step.enabled & ~done & (mayPreempt ? -1 : 1 << last);
      tried[depth] = done;
      if (open === 0) continue;
      tried.length = depth + 1;
      const choices = steps.slice(0, depth).map(({ thread }) => thread);
      return { choices: [...choices, lowest(open)], sleeping: 0 };
    }
    return undefined;
  }
}

/** How many preemptions there were before each step, and in all. */
export function preemptionsBefore(steps: readonly Step[]): number[] {
  const counts = [0];
  for (let depth = 0; depth < steps.length; depth++) {
    const last = depth === 0 ? -1 : steps[depth - 1]!.thread;
    const { thread, enabled } = steps[depth]!;
    const isPreemption = last >= 0 && thread !== last && (enabled & 1 << last) !== 0;
    counts.push(counts[depth]! + Number(isPreemption));
  }
  return counts;
}

/** One step of the schedule that has just run. */
interface Node {
  readonly step: Step;
  /** Which of its thread's steps it is, from 1. */
  readonly ordinal: number;
  /** How many steps of each thread happened before it, itself included. */
  readonly clock: readonly number[];
  /** The threads that have made this step, or have to, as bits. */
  wanted: number;
  /** The threads that have made it, as bits. */
  tried: number;
}

/**
 * At least one of all schedules that differ only in the order of steps that commute.
 *
 * Two steps commute if they are about different words, or if neither writes. Where two steps that
 * do not commute might as well have been made the other way round, the search notes that it has to
 * come back and let the later one go first. Threads whose next step has been tried at a choice sleep
 * until somebody makes a step that does not commute with it.
 *
 * Follows P. Abdulla, S. Aronis, B. Jonsson and K. Sagonas, "Optimal Dynamic Partial Order
 * Reduction" (2014), the algorithm with source sets.
 */
export class ReducedSearch implements Search {
  readonly isReduced = true;
  readonly #nodes: Node[] = [];
  readonly #threads: number;
  /** The depth of the choice that was changed last. */
  #changed = -1;

  constructor(threads: number) {
    this.#threads = threads;
  }

  isNew(): boolean {
    return true;
  }

  next(steps: readonly Step[]): Prefix | undefined {
    const nodes = this.#nodes;
    const changed = nodes.pop();
    for (let depth = nodes.length; depth < steps.length; depth++) {
      const step = steps[depth]!;
      const bit = 1 << step.thread;
      if (changed !== undefined && depth === this.#changed) {
        const { sleeping } = changed.step;
        this.#add({ ...step, sleeping }, changed.wanted | bit, changed.tried | bit);
      } else {
        this.#add(step, bit, bit);
      }
    }
    return this.#back();
  }

  #back(): Prefix | undefined {
    const nodes = this.#nodes;
    for (let depth = nodes.length - 1; depth >= 0; depth--) {
      const node = nodes[depth]!;
      const open = node.wanted & ~node.tried & ~node.step.sleeping;
      if (open === 0) continue;
      nodes.length = depth + 1;
      this.#changed = depth;
      const choices = nodes.slice(0, depth).map(({ step }) => step.thread);
      return {
        choices: [...choices, lowest(open)],
        sleeping: node.step.sleeping | node.tried,
      };
    }
    return undefined;
  }

  /** Adds a step, and notes which earlier choices have to be changed because of it. */
  #add(step: Step, wanted: number, tried: number): void {
    const nodes = this.#nodes;
    const last = nodes.findLastIndex((node) => node.step.thread === step.thread);
    const own = nodes[last];
    const clock = own === undefined ? new Array<number>(this.#threads).fill(0) : [...own.clock];
    const ordinal = (own?.ordinal ?? 0) + 1;
    const races: number[] = [];
    for (let depth = nodes.length - 1; depth >= 0; depth--) {
      const node = nodes[depth]!;
      if (clock[node.step.thread]! >= node.ordinal || !conflict(node.step, step)) continue;
      // A thread that could not have made this very step before that one only waited for it.
      const wasWaiting = last < depth && (node.step.enabled & 1 << step.thread) === 0;
      if (!wasWaiting) races.push(depth);
      join(clock, node.clock);
    }
    clock[step.thread] = ordinal;
    nodes.push({ step, ordinal, clock, wanted, tried });
    for (const depth of races) this.#reverse(depth);
  }

  /** Sees to it that the last step goes before the one at `depth` in some schedule. */
  #reverse(depth: number): void {
    const nodes = this.#nodes;
    const early = nodes[depth]!;
    const others: Node[] = [];
    let firsts = 0;
    let seen = 0;
    for (let i = depth + 1; i < nodes.length; i++) {
      const node = nodes[i]!;
      const { thread } = node.step;
      const isLast = i === nodes.length - 1;
      if (!isLast && node.clock[early.step.thread]! >= early.ordinal) continue;
      if ((seen & 1 << thread) === 0) {
        seen |= 1 << thread;
        const isFirst = others.every(({ step, ordinal }) => node.clock[step.thread]! < ordinal);
        if (isFirst) firsts |= 1 << thread;
      }
      others.push(node);
    }
    if ((firsts & (early.wanted | early.step.sleeping)) !== 0) return;
    const own = firsts & 1 << nodes.at(-1)!.step.thread;
    early.wanted |= own === 0 ? firsts & -firsts : own;
  }
}

/** Whether two steps that have been made do not commute. */
export function conflict(a: Step, b: Step): boolean {
  if (a.word !== b.word) return false;
  if (stepUsesSleepers(a) && stepUsesSleepers(b)) return true;
  return stepUsesWord(a) && stepUsesWord(b) && (a.wrote || b.wrote);
}

function join(clock: number[], other: readonly number[]): void {
  for (let i = 0; i < clock.length; i++) clock[i] = Math.max(clock[i]!, other[i]!);
}

function lowest(bits: number): number {
  return 31 - Math.clz32(bits & -bits);
}
