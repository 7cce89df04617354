/**
 * What has come of calls: how they have ended, and their values.
 *
 * @module
 */

import type { Domain } from "./domain.ts";
import { CANCELLED, type Ending, FAILED } from "./records.ts";
import type { Decoder } from "./wire.ts";

/** Takes results out of records that have come back, and gives the records back. */
export class Outcomes {
  /** The value or the error of the last one that was taken. */
  value: unknown = undefined;
  readonly #domain: Domain;
  readonly #decoder: Decoder;

  /** @param decoder Reads what is larger than a word. */
  constructor(domain: Domain, decoder: Decoder) {
    this.#domain = domain;
    this.#decoder = decoder;
  }

  /**
   * Takes the outcome of a call. What it holds has to be there.
   *
   * @param record The record, which is free afterwards.
   * @param place Where the arguments were in the arena, or 0.
   * @param isWanted Without that nobody gets the value, but what moves in it ends.
   * @returns How it has ended; {@linkcode Outcomes.value} is the value or the error.
   */
  take(record: number, place: number, isWanted: boolean): Ending {
    const { records, arena } = this.#domain;
    const ended = records.endingOf(record);
    const ending = ended === CANCELLED ? CANCELLED : this.#read(record, ended, isWanted);
    const resultPlace = records.placeOf(record);
    if (ended !== CANCELLED && resultPlace !== 0 && resultPlace !== place) {
      arena.freeRemote(resultPlace);
    }
    if (place !== 0) arena.free(place);
    records.giveBack(record);
    return ending;
  }

  #read(record: number, ended: Ending, isWanted: boolean): Ending {
    const { records, words } = this.#domain;
    this.value = undefined;
    if (records.lengthOf(record) === 0) {
      this.value = new RangeError(
        "Cannot receive the outcome of a task: it could not be sent, or its worker is gone",
      );
      return FAILED;
    }
    const index = records.payloadAt(record);
    try {
      if (isWanted) this.value = this.#decoder.decodeOne(words, index);
      else this.#decoder.drop(words, index);
    } catch (error) {
      this.value = error;
      return FAILED;
    }
    return ended;
  }
}
