/**
 * Loops over a source.
 *
 * @module
 */

import type { Context } from "./context.ts";
import { isItem } from "./end.ts";
import { InLine, type Line } from "./line.ts";
import { isPending, Pending, type Poll } from "./poll.ts";
import type { Source } from "./source.ts";

/**
 * What `for await` uses. Who asks again before the answer is there gets the answers in order.
 *
 * Only a promise may stand between a loop and its item, so this is where one is made; it settles
 * within the call when the item is there already.
 */
export class SourceIterator<T> implements AsyncIterator<T, void, void>, AsyncIterable<T> {
  readonly #source: Source<T>;
  readonly #line: Line;
  readonly #owned: Disposable | undefined;
  #ended = false;

  /**
   * @param source What gives the items.
   * @param line Where those stand who wait for them.
   * @param owned Disposed when the loop ends, however it ends.
   */
  constructor(source: Source<T>, line: Line, owned: Disposable | undefined) {
    this.#source = source;
    this.#line = line;
    this.#owned = owned;
  }

  /** Whether the loop has ended. */
  get isEnded(): boolean {
    return this.#ended;
  }

  next(): Promise<IteratorResult<T, void>> {
    if (this.#ended) return Promise.resolve(done());
    const step = new LoopItem(this, this.#source, this.#line);
    return new Promise((resolve, reject) => void step.then(resolve, reject));
  }

  return(): Promise<IteratorResult<T, void>> {
    return new Promise((resolve) => {
      this.end();
      resolve(done());
    });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Ends the loop; who still waits for an item of it gets none. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#line.wakeAll();
    this.#owned?.[Symbol.dispose]();
  }
}

/** One step of a loop. */
class LoopItem<T> extends InLine<IteratorResult<T, void>> {
  declare private readonly source: Source<T>;
  declare private readonly loop: SourceIterator<T>;

  constructor(loop: SourceIterator<T>, source: Source<T>, line: Line) {
    super(line);
    this.source = source;
    this.loop = loop;
  }

  override poll(cx: Context): Poll<IteratorResult<T, void>> {
    if (this.loop.isEnded) {
      this.giveUp();
      return done();
    }
    return this.wait(cx);
  }

  protected ask(cx: Context): Poll<IteratorResult<T, void>> {
    let item;
    try {
      item = this.source.pollNext(cx);
    } catch (error) {
      this.leave();
      this.loop.end();
      throw error;
    }
    if (isItem(item)) return { done: false, value: item };
    if (isPending(item)) return Pending;
    // It leaves first: the end wakes those who wait, and it does not any more.
    this.leave();
    this.loop.end();
    return done();
  }

  /** Its task is being aborted, which ends the loop without a call of `return`. */
  override [Symbol.dispose](): void {
    this.giveUp();
    this.loop.end();
  }
}

function done(): IteratorReturnResult<void> {
  return { done: true, value: undefined };
}
