/**
 * What is seen while the demonstration runs.
 *
 * @module
 */

import { say } from "../cli.ts";

/** One line that is written over on a terminal, and a line for each event elsewhere. */
export class Progress implements Disposable {
  readonly #isTerminal = Deno.stdout.isTerminal();
  readonly #start = performance.now();
  readonly #totalMs: number;
  #status = "";
  #timer: ReturnType<typeof setInterval> | undefined = undefined;

  /** @param totalMs How long everything is expected to take. */
  constructor(totalMs: number) {
    this.#totalMs = totalMs;
    if (this.#isTerminal) this.#timer = setInterval(() => this.#draw(), 200);
  }

  /** Tells what begins. */
  status(text: string): void {
    this.#status = text;
    if (this.#isTerminal) this.#draw();
  }

  /** Tells what has ended; a terminal has seen enough already. */
  event(text: string): void {
    if (!this.#isTerminal) say(text);
  }

  /** Takes the line away. */
  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    if (this.#isTerminal) this.#write("");
  }

  #draw(): void {
    const elapsed = performance.now() - this.#start;
    const done = Math.min(elapsed / this.#totalMs, 1);
    const filled = Math.round(done * WIDTH);
    const bar = "█".repeat(filled) + "░".repeat(WIDTH - filled);
    const left = Math.ceil(Math.max(this.#totalMs - elapsed, 0) / 1000);
    this.#write(`${bar} ${String(left).padStart(2)} s  ${this.#status}`);
  }

  /** Writes over the line: back to its beginning, erase to its end. */
  #write(text: string): void {
    Deno.stdout.writeSync(new TextEncoder().encode(`\r\x1b[K${text}`));
  }
}

const WIDTH = 20;
