/**
 * A list that many threads add to and one takes all of: how isolates tell each other of things.
 *
 * One word holds the number of the newest record + 1, 0 when there is none; each record has a link.
 *
 * I1 `push` links a record before the rest in one compare-and-exchange. A record is in one list at
 *    most for each link that it has.
 * I2 `takeAll` empties the list in one exchange, so a record cannot come back while somebody looks
 *    at it (the ABA problem), and gives the records in the order in which they were added.
 *
 * Follows R. K. Treiber, "Systems Programming: Coping with Parallelism" (1986).
 *
 * @module
 */

import { compareExchange, exchange, load } from "./atomics.ts";
import type { Links } from "./injector.ts";

/**
 * Adds a record to the list whose head is `words[index]`.
 *
 * @returns Whether the list was empty before.
 */
export function push(words: Int32Array, index: number, links: Links, record: number): boolean {
  let head = load(words, index);
  while (true) {
    links.setNext(record, head);
    const found = compareExchange(words, index, head, record + 1);
    if (found === head) return head === 0;
    head = found;
  }
}

/** Takes all records out and calls `visit` with each, the oldest first. */
export function takeAll(
  words: Int32Array,
  index: number,
  links: Links,
  visit: (record: number) => void,
): void {
  if (load(words, index) === 0) return;
  let link = exchange(words, index, 0);
  let reversed = 0;
  while (link !== 0) {
    const next = links.next(link - 1);
    links.setNext(link - 1, reversed);
    reversed = link;
    link = next;
  }
  while (reversed !== 0) {
    const record = reversed - 1;
    // Read before the visit: the record may be used anew in it.
    reversed = links.next(record);
    visit(record);
  }
}
