/**
 * The steps of one schedule.
 *
 * @module
 */

import * as c from "./control.ts";
import type { Scenario } from "./scenario.ts";

/** One step. */
export interface Step {
  /** The thread that made it. */
  readonly thread: number;
  /** The threads that could have made a step instead, as bits. */
  readonly enabled: number;
  /** The threads that need not have, as bits. */
  readonly sleeping: number;
  /** An index in `KINDS`. */
  readonly kind: number;
  /** The word, counted through all memories. */
  readonly word: number;
  /** Whether it wrote. */
  readonly wrote: boolean;
  /** The first operand. */
  readonly a: number;
  /** The second operand. */
  readonly b: number;
  /** What it answered with. */
  readonly result: number;
  /** How often the thread did the same again at once. */
  readonly repeats: number;
}

/** Reads the steps of the schedule that has just ended. */
export function readSteps(control: Int32Array): Step[] {
  const steps: Step[] = [];
  const depth = control[c.DEPTH]!;
  for (let i = 0; i < depth; i++) {
    const at = c.stepAt(i);
    steps.push({
      thread: control[at + c.STEP_THREAD]!,
      enabled: control[at + c.STEP_ENABLED]!,
      sleeping: control[at + c.STEP_SLEEPING]!,
      kind: control[at + c.STEP_KIND]!,
      word: control[at + c.STEP_WORD]!,
      wrote: control[at + c.STEP_WROTE] !== 0,
      a: control[at + c.STEP_A]!,
      b: control[at + c.STEP_B]!,
      result: control[at + c.STEP_RESULT]!,
      repeats: control[at + c.STEP_REPEATS]!,
    });
  }
  return steps;
}

/** Whether a step used the list of those that wait for the word. */
export function stepUsesSleepers(step: Step): boolean {
  return c.usesSleepers(step.kind);
}

/** Whether a step used the word itself. */
export function stepUsesWord(step: Step): boolean {
  return c.usesWord(step.kind);
}

/** The steps as a list to read, one line for each. */
export function describe(scenario: Scenario, steps: readonly Step[]): string {
  const words = steps.map((step) => nameOf(scenario, step.word));
  const width = Math.max(0, ...words.map((word) => word.length));
  return steps.map((step, i) => {
    const times = step.repeats === 0 ? "" : ` (${step.repeats + 1} times)`;
    const number = String(i + 1).padStart(4);
    const thread = `${"  ".repeat(step.thread)}${step.thread}`.padEnd(8);
    const kind = c.KINDS[step.kind]!.padEnd(16);
    return `${number}  ${thread}${kind}${words[i]!.padEnd(width)}  ${effectOf(step)}${times}`;
  }).join("\n");
}

function effectOf({ kind, a, b, result, wrote }: Step): string {
  switch (c.KINDS[kind]!) {
    case "load":
    case "read":
      return `is ${hex(result)}`;
    case "store":
    case "write":
      return `:= ${hex(a)}`;
    case "compareExchange":
      return wrote ? `${hex(a)} := ${hex(b)}` : `is ${hex(result)}, not ${hex(a)}`;
    case "wait":
      return result === a ? `sleeps while it is ${hex(a)}` : `is ${hex(result)}, not ${hex(a)}`;
    case "notify":
      return `wakes ${result}`;
    case "woken":
      return "";
    default:
      return `${hex(a)}, was ${hex(result)}`;
  }
}

function hex(value: number): string {
  return value >= 0 && value < 0x10000 ? String(value) : `0x${(value >>> 0).toString(16)}`;
}

function nameOf(scenario: Scenario, word: number): string {
  let index = word;
  for (const [memory, length] of scenario.memories.entries()) {
    if (index < length) return scenario.names?.[memory]?.[index] ?? `memory ${memory}[${index}]`;
    index -= length;
  }
  return `word ${word}`;
}
