/**
 * This isolate's part in the domain: what it sends to others, and what they have for it.
 *
 * @module
 */

import { loadModule } from "../../host/load_module.ts";
import { nextTurn } from "../../host/next_turn.ts";
import type { Companion } from "../companion.ts";
import { add, load } from "./atomics.ts";
import type { Domain } from "./domain.ts";
import type {
  Arrivals,
  Caller,
  Crew,
  Destination,
  LinkParts,
  Parcel,
  Woken,
} from "./link_parts.ts";
import { Outcomes } from "./outcomes.ts";
import { awake, park, unpark, type WakeSelector } from "./parking.ts";
import type { Queues } from "./queues.ts";
import type { RemoteCall } from "./remote_call.ts";
import { push, takeAll } from "./stack.ts";
import { CANCELLED, FAILED, INLINE_BYTES } from "./records.ts";
import { Decoder, Encoder, type Missing } from "./wire.ts";
import { CARGO } from "./wire_tags.ts";

/** How many tasks go to the queue of all at once. */
const BATCH = 64;

/** Sends calls to workers and takes their results. */
export class Link implements Companion {
  /** The memory of all. */
  readonly domain: Domain;
  /** Turns values into words. */
  readonly encoder: Encoder;
  /** Turns words into values. */
  readonly decoder: Decoder;
  /** What has come of calls. */
  readonly outcomes: Outcomes;
  /** The work of this isolate, if it is a worker. */
  crew: Crew | undefined = undefined;
  readonly #attachments: Arrivals;
  readonly #wakeSelector: WakeSelector;
  readonly #expect: (something: boolean) => void;
  readonly #rest: (() => boolean) | undefined;
  /** The calls that have not ended, by record. */
  readonly #calls: (Caller | undefined)[] = [];
  /** Those of them that have ended here without their record. */
  readonly #abandoned = new Set<number>();
  /** The waits that have not ended, by record. */
  readonly #waits: (Woken | undefined)[] = [];
  #waitCount = 0;
  /** Calls and waits that have not ended. */
  #underWay = 0;
  #abortsSeen = 0;
  readonly #outbox = new Int32Array(BATCH);
  #outboxCount = 0;
  #outboxFor: Destination | undefined = undefined;
  /** Calls that wait for room. */
  readonly #waiting: RemoteCall<unknown>[] = [];
  #news = 0;
  readonly #flushSoon = () => this.#flush();
  readonly #receive = (record: number) => this.#ended(record);
  readonly #receiveWoken = (record: number) => this.woken(record);

  constructor({ domain, wakeSelector, attachments, expect, rest }: LinkParts) {
    this.#attachments = attachments;
    this.domain = domain;
    this.#wakeSelector = wakeSelector;
    this.#expect = expect;
    this.#rest = rest;
    this.encoder = new Encoder(domain.functions, attachments);
    this.decoder = new Decoder(domain.functions, attachments);
    this.outcomes = new Outcomes(domain, this.decoder);
  }

  /** How many calls and waits have not ended. */
  get underWay(): number {
    return this.#underWay;
  }

  /**
   * Writes the arguments of a call where workers find them, or into memory of this isolate while
   * there is no room.
   *
   * @returns The number of the call's record, or what waits for room.
   * @throws {DOMException} `DataCloneError`, when an argument cannot travel.
   * @throws {RangeError} When the arguments take more memory than there is.
   */
  prepare(fn: number, args: readonly unknown[]): number | Parcel {
    const { encoder } = this;
    const bytes = encoder.encode(args);
    const record = this.#take(fn, bytes);
    if (record < 0) {
      const words = encoder.words.slice(0, bytes / 4);
      encoder.sent();
      return { fn, words };
    }
    encoder.copyTo(this.domain.words, this.indexOf(record));
    encoder.sent();
    return record;
  }

  /** Makes a record for what has waited for room, or answers with -1. */
  unpack({ fn, words }: Parcel): number {
    const record = this.#take(fn, words.byteLength);
    if (record >= 0) this.domain.words.set(words, this.indexOf(record));
    return record;
  }

  /** Has a call woken when there may be room. */
  waitForRoom(call: RemoteCall<unknown>): void {
    // What other isolates have there, they free without a word.
    if (this.#underWay === this.#waitCount) nextTurn(() => call.wake());
    else this.#waiting.push(call);
  }

  #take(fn: number, bytes: number): number {
    const { records, self } = this.domain;
    const record = records.take(fn, self);
    if (record < 0) return -1;
    if (this.place(record, bytes) >= 0) return record;
    records.giveBack(record);
    if (bytes <= this.domain.arena.most) return -1;
    throw new RangeError(
      `Cannot send arguments of ${bytes} bytes: the memory for what travels has ` +
        `${this.domain.arena.most}`,
    );
  }

  /** Finds room for a payload. -1 if there is none. */
  place(record: number, bytes: number): number {
    const { records, arena } = this.domain;
    let place = 0;
    if (bytes > INLINE_BYTES) {
      place = arena.allocate(bytes);
      if (place === 0) return -1;
    }
    records.setPayload(record, place, bytes);
    return place;
  }

  /** As {@linkcode Link.place}, for a result, which may take the place of the arguments. */
  placeResult(record: number, bytes: number): number {
    const { records } = this.domain;
    const place = records.placeOf(record);
    if (bytes <= INLINE_BYTES || place === 0 || bytes > records.lengthOf(record)) {
      return this.place(record, bytes);
    }
    records.setPayload(record, place, bytes);
    return place;
  }

  /** Where the payload of a record begins. */
  indexOf(record: number): number {
    return this.domain.records.payloadAt(record);
  }

  /** What has to be there before the payload of a record can be read or dropped, if anything. */
  missing(record: number): Missing | undefined {
    const { domain, decoder } = this;
    return decoder.missing(domain.words, this.indexOf(record), domain.records.lengthOf(record));
  }

  /** Whether the outcome in a record that has come back needs something that is not there yet. */
  isMissing(record: number): boolean {
    const { records } = this.domain;
    if ((this.domain.words[records.payloadAt(record)]! & CARGO) === 0) return false;
    const hasPayload = records.endingOf(record) !== CANCELLED && records.lengthOf(record) > 0;
    return hasPayload && this.missing(record) !== undefined;
  }

  /** Loads the modules, and waits for the shared memory, that the payload of a record needs. */
  async bring(record: number): Promise<void> {
    const missing = this.missing(record);
    for (const url of missing?.modules ?? []) await loadModule(url);
    for (const id of missing?.attachments ?? []) await this.#attachments.arrival(id);
  }

  /** Sends a call on its way, at the end of this turn at the latest. */
  send(record: number, call: Caller, destination: Destination): void {
    this.#calls[record] = call;
    this.#begun();
    if (this.crew?.accept(record, destination)) return;
    // What is spawned between the turns does not wait for the next one.
    if (this.#outboxCount === 0) queueMicrotask(this.#flushSoon);
    if (this.#outboxCount === BATCH || this.#outboxFor !== destination) this.#flush();
    this.#outboxFor = destination;
    this.#outbox[this.#outboxCount++] = record;
  }

  /** Gives back what was prepared for a call that is not sent. */
  discard(record: number, place: number): void {
    const { records, arena, words } = this.domain;
    this.decoder.drop(words, records.payloadAt(record));
    if (place !== 0) arena.free(place);
    records.giveBack(record);
  }

  /** Asks the worker that has a call to end it. */
  abort(record: number): void {
    const { domain } = this;
    const runner = domain.records.abort(record, domain.records.generationOf(record));
    if (runner < 0) return;
    add(domain.words, domain.aborts(runner), 1);
    this.unpark(runner);
  }

  /** Ends the task of a record: its result has been written. */
  end(record: number): void {
    const { domain } = this;
    const spawner = domain.records.spawnerOf(record);
    push(domain.words, domain.ended(spawner), domain.records, record);
    if (spawner !== domain.self) this.unpark(spawner);
  }

  /** Takes a record of this isolate for a wait. -1 if all are in use. */
  takeRecord(): number {
    return this.domain.records.take(0, this.domain.self);
  }

  /** Takes a record, and has `wait` told when it arrives in this isolate's list. -1 as above. */
  beginWait(wait: Woken): number {
    const record = this.takeRecord();
    if (record < 0) return -1;
    this.#waits[record] = wait;
    this.#waitCount += 1;
    this.#begun();
    return record;
  }

  /** Tells the wait of a record no more. `isFree`: the record is in no list. */
  endWait(record: number, isFree: boolean): void {
    this.#waits[record] = undefined;
    this.#waitCount -= 1;
    if (--this.#underWay === 0) this.#expect(false);
    if (isFree) this.domain.records.giveBack(record);
  }

  /**
   * The record of a wait has come out of this isolate's list. Nobody may wait for it any more, not
   * even in this isolate: it may be left from a predecessor of the same number.
   */
  woken(record: number): void {
    this.#news += 1;
    const wait = this.#waits[record];
    if (wait !== undefined) {
      this.endWait(record, false);
      wait.woken(record);
    }
    this.domain.records.giveBack(record);
  }

  /** Tells an isolate that there is something for it. */
  unpark(isolate: number): void {
    unpark(this.domain, isolate, this.#wakeSelector);
  }

  resume(): void {
    this.crew?.resume();
  }

  turn(most: number): number {
    const { domain, crew } = this;
    awake(domain);
    this.#news = 0;
    takeAll(domain.words, domain.ended(domain.self), domain.records, this.#receive);
    takeAll(domain.words, domain.woken(domain.self), domain.records, this.#receiveWoken);
    let did = this.#news;
    if (crew !== undefined) {
      const aborts = load(domain.words, domain.aborts(domain.self));
      if (aborts !== this.#abortsSeen) {
        this.#abortsSeen = aborts;
        crew.abortTasks();
      }
      did += crew.turn(most);
    }
    if (this.#outboxCount > 0) this.#flush();
    return did;
  }

  mayRest(): boolean {
    if (this.crew?.mayRest() === false) return false;
    return park(this.domain) && this.#rest?.() !== false;
  }

  /** Ends the tasks that a thread had which is gone: nobody else does. */
  lose(isolate: number): void {
    const { records } = this.domain;
    records.forEachOf(isolate, (record) => {
      records.setPayload(record, 0, 0);
      records.end(record, FAILED);
      this.end(record);
    });
  }

  /** Ends a task that nobody will run, as if it was aborted. */
  refuse(record: number): void {
    this.#withdraw(record);
    this.domain.records.end(record, CANCELLED);
    this.end(record);
  }

  /** Ends a task that nobody will run, with an error for its spawner. */
  fail(record: number, error: Error): void {
    const { domain, encoder } = this;
    this.#withdraw(record);
    const bytes = encoder.encodeOne(error);
    if (this.placeResult(record, bytes) < 0) domain.records.setPayload(record, 0, 0);
    else {
      encoder.copyTo(domain.words, this.indexOf(record));
      encoder.sent();
    }
    domain.records.end(record, FAILED);
    this.end(record);
  }

  /** Takes a task out of a queue, and ends what is on its way with it. */
  #withdraw(record: number): void {
    const { records, self, words } = this.domain;
    records.begin(record, self);
    if (!this.isMissing(record)) this.decoder.drop(words, this.indexOf(record));
  }

  /**
   * Ends those calls of this isolate that were taken by threads which are made to end. Their records
   * are those threads' to write until they come back, if ever.
   */
  abandon(isolates: readonly number[]): void {
    this.#calls.forEach((call, record) => {
      if (call === undefined || this.#abandoned.has(record)) return;
      if (!isolates.includes(this.domain.records.runnerOf(record))) return;
      this.#abandoned.add(record);
      if (--this.#underWay === 0) this.#expect(false);
      call.abandoned();
    });
  }

  /** Gives the tasks that were spawned to the workers. */
  #flush(): void {
    const count = this.#outboxCount;
    this.#outboxCount = 0;
    if (count > 0) this.#outboxFor?.deliver(this.#outbox, count, this);
  }

  /** Wakes a worker because there is work, if one sleeps and none looks for work. */
  wakeWorker(queues: Queues): void {
    const { idle } = queues;
    for (let worker = idle.workerToNotify(); worker >= 0; worker = idle.workerToNotify()) {
      const isolate = queues.isolateOf(worker);
      // A worker that is gone has no isolate; who takes its place looks by itself.
      if (isolate >= 0) this.unpark(isolate);
    }
  }

  #begun(): void {
    if (this.#underWay++ === 0) this.#expect(true);
  }

  #ended(record: number): void {
    this.#news += 1;
    const call = this.#calls[record]!;
    this.#forget(record);
    try {
      call.ended();
    } catch (error) {
      // A hook of the user's has failed. The others of the list have to come to their end.
      nextTurn(() => {
        throw error;
      });
    }
    if (this.#waiting.length > 0) this.#makeRoom();
  }

  #forget(record: number): void {
    this.#calls[record] = undefined;
    if (this.#abandoned.size > 0 && this.#abandoned.delete(record)) return;
    if (--this.#underWay === 0) this.#expect(false);
  }

  /** Wakes the first call that still waits for room. */
  #makeRoom(): void {
    while (this.#waiting.length > 0 && !this.#waiting.shift()!.wake());
  }
}
