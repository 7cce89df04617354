/**
 * What an isolate does in its turns besides its own jobs, when it is one of several.
 *
 * @module
 */

/** A part of a scheduler that deals with other isolates. */
export interface Companion {
  /** Called before jobs of the isolate's own run, which may take long. It may have rested. */
  resume(): void;

  /**
   * Takes what other isolates have for this one, does work that any of them may do, and tells them
   * what there is for them. Called once in every round.
   *
   * @param most How many tasks to run at the most.
   * @returns How many tasks were run, and how much other news there was.
   */
  turn(most: number): number;

  /**
   * Called when there is nothing to do, before the isolate waits.
   *
   * @returns `false` if there is something after all.
   */
  mayRest(): boolean;
}
