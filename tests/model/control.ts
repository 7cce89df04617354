/**
 * The words through which the explorer and its workers run one schedule.
 *
 * ```text
 *  header    how the schedule goes
 *  threads   one block each: what it does, what it would do next
 *  prefix    the choices that are given; those after them follow the default
 *  trace     one block for each step that was made
 *  results   what each thread returned
 *  message   why a thread failed, in UTF-16 units after their number
 * ```
 *
 * Only the thread whose turn it is touches them, so all but the turns themselves are plain.
 *
 * @module
 */

/** The most threads that a scenario can have. */
export const MAX_THREADS = 8;
/** The most steps of one schedule; one that takes more goes on for ever. */
export const MAX_STEPS = 2000;
/** The most numbers that a thread can return. */
export const MAX_RESULTS = 63;
/** The longest message that is kept. */
export const MAX_MESSAGE = 1000;

/** 0 while a schedule runs. */
export const ENDED = 0;
/** How many choices have been made. */
export const DEPTH = 1;
/** How many choices are given. */
export const PREFIX_LENGTH = 2;
/** The threads that need not go next at the last given choice, and after it. */
export const SLEEPING = 3;
/** One of {@linkcode OUTCOMES}. */
export const OUTCOME = 4;
/** Whether all threads have to give up. */
export const ABORTED = 5;
/** How many threads have given up. */
export const UNWOUND = 6;
/** Who made the last step, or -1. */
export const LAST = 7;
/** How many threads there are. */
export const THREADS = 8;
/** Whether the exploration is over. */
export const OVER = 9;
/** Whether steps that commute need to be made in one order only. */
export const REDUCED = 10;
/** How many threads have been made ready. */
export const LOADED = 11;
/** How many threads have to give up. */
export const UNWINDING = 12;

const HEADER = 16;

/** Words of each thread. */
export const GRANT = 0;
/** One of the states below. */
export const STATE = 1;
/** The kind of its next step. */
export const KIND = 2;
/** The word that its next step is about. */
export const WORD = 3;
/** When it fell asleep. */
export const SINCE = 4;

const THREAD_WORDS = 8;

/** It has not come to its first step. */
export const UNSTARTED = 0;
/** It can make a step. */
export const READY = 1;
/** It waits for a word. */
export const ASLEEP = 2;
/** It waits for a word, for a limited time. */
export const DOZING = 3;
/** It looks at a word again and again. */
export const SPINNING = 4;
/** It has returned. */
export const FINISHED = 5;

/** Words of each step. */
export const STEP_THREAD = 0;
/** The threads that could have made it, as bits. */
export const STEP_ENABLED = 1;
/** The threads that need not have made it. */
export const STEP_SLEEPING = 2;
/** An index in {@linkcode KINDS}. */
export const STEP_KIND = 3;
/** The word, counted through all memories. */
export const STEP_WORD = 4;
/** Whether it wrote. */
export const STEP_WROTE = 5;
/** The first operand. */
export const STEP_A = 6;
/** The second operand. */
export const STEP_B = 7;
/** What it answered with. */
export const STEP_RESULT = 8;
/** How often the thread did the same again at once. */
export const STEP_REPEATS = 9;

/** How many words a step takes. */
export const STEP_WORDS = 10;

const PREFIX = HEADER + MAX_THREADS * THREAD_WORDS;
const TRACE = PREFIX + MAX_STEPS;
const RESULTS = TRACE + MAX_STEPS * STEP_WORDS;
const MESSAGE = RESULTS + MAX_THREADS * (1 + MAX_RESULTS);

/** How many words all of it takes. */
export const CONTROL_WORDS: number = MESSAGE + 1 + MAX_MESSAGE;

/** Where the block of a thread begins. */
export function threadAt(thread: number): number {
  return HEADER + thread * THREAD_WORDS;
}

/** Where a given choice is. */
export function choiceAt(depth: number): number {
  return PREFIX + depth;
}

/** Where the block of a step begins. */
export function stepAt(depth: number): number {
  return TRACE + depth * STEP_WORDS;
}

/** Where the results of a thread begin, with their number. */
export function resultsAt(thread: number): number {
  return RESULTS + thread * (1 + MAX_RESULTS);
}

/** Writes why a thread failed. */
export function writeMessage(control: Int32Array, text: string): void {
  const length = Math.min(text.length, MAX_MESSAGE);
  control[MESSAGE] = length;
  for (let i = 0; i < length; i++) control[MESSAGE + 1 + i] = text.charCodeAt(i);
}

/** Reads why a thread failed. */
export function readMessage(control: Int32Array): string {
  const units = control.subarray(MESSAGE + 1, MESSAGE + 1 + control[MESSAGE]!);
  return String.fromCharCode(...units);
}

/** How a schedule can end. */
export const OUTCOMES = [
  "done",
  "deadlock",
  "exception",
  "endless",
  "redundant",
  "diverged",
] as const;
/** How a schedule ended. */
export type Outcome = typeof OUTCOMES[number];

/** What a step can be. `read` and `write` are those without `Atomics`. */
export const KINDS = [
  "load",
  "read",
  "compareExchange",
  "store",
  "write",
  "add",
  "sub",
  "and",
  "or",
  "exchange",
  "wait",
  "notify",
  "woken",
] as const;
/** What a step is. */
export type Kind = typeof KINDS[number];

/** The number of a kind. */
export function kindOf(kind: Kind): number {
  return KINDS.indexOf(kind);
}

const FIRST_WRITE = kindOf("compareExchange");
const WAIT = kindOf("wait");

/** Whether a step of this kind uses the list of those that wait for the word. */
export function usesSleepers(kind: number): boolean {
  return kind >= WAIT;
}

/** Whether a step of this kind uses the word itself. */
export function usesWord(kind: number): boolean {
  return kind <= WAIT;
}

/** Whether two steps that have not been made yet may have to be made in both orders. */
export function mayConflict(
  kind: number,
  word: number,
  otherKind: number,
  otherWord: number,
): boolean {
  if (word !== otherWord) return false;
  if (usesSleepers(kind) && usesSleepers(otherKind)) return true;
  if (!usesWord(kind) || !usesWord(otherKind)) return false;
  return mayWrite(kind) || mayWrite(otherKind);
}

function mayWrite(kind: number): boolean {
  return kind >= FIRST_WRITE && kind < WAIT;
}
