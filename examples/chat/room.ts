/**
 * Who is in the chat, and what everybody hears.
 *
 * @module
 */

import { type Future, Instant, Pending, pollFn, type Waker } from "../../mod.ts";
import { Outbox } from "./outbox.ts";

/** Somebody in the room. Disposing it leaves the room. */
export class Member implements Disposable {
  readonly name: string;
  readonly outbox: Outbox;
  readonly #room: Room;
  #heard = Instant.now();
  #reason: string | undefined = undefined;
  #waker: Waker | undefined = undefined;

  /** Made by {@linkcode Room.join}. */
  constructor(name: string, outbox: Outbox, room: Room) {
    this.name = name;
    this.outbox = outbox;
    this.#room = room;
  }

  /** For how long the member has been silent, in milliseconds. */
  get silence(): number {
    return this.#heard.elapsed();
  }

  /** Notes that the member has said something. */
  hear(): void {
    this.#heard = Instant.now();
  }

  /** Sends the member a line. Who does not read fast enough has to go. */
  tell(line: string): void {
    if (!this.outbox.push(line)) this.kick("too slow");
  }

  /** Asks the member's task to end. The first reason stays. */
  kick(reason: string): void {
    this.#reason ??= reason;
    this.#waker?.wake();
    this.#waker = undefined;
  }

  /** Waits until the member has to go, and tells why. Dropping it loses nothing. */
  kicked(): Future<string> {
    return pollFn((cx) => {
      if (this.#reason !== undefined) return this.#reason;
      this.#waker = cx.waker;
      return Pending;
    }, () => this.#waker = undefined);
  }

  /** Leaves the room and tells the others. */
  [Symbol.dispose](): void {
    this.#room.leave(this, this.#reason);
  }
}

/** The one room of the chat. */
export class Room {
  readonly #members = new Map<string, Member>();
  readonly #outboxLimit: number;

  /** @param outboxLimit How many bytes may wait for each member. */
  constructor(outboxLimit: number) {
    this.#outboxLimit = outboxLimit;
  }

  /** The names of all members, in the order in which they came. */
  get names(): string[] {
    return [...this.#members.values()].map((member) => member.name);
  }

  /** Lets somebody in, or tells why not. */
  join(name: string): Member | string {
    if (!/^[\p{L}\p{N}_-]{1,20}$/u.test(name)) {
      return "A name has 1 to 20 letters, digits, hyphens and underscores.";
    }
    if (this.#members.has(name.toLowerCase())) return `"${name}" is here already.`;
    this.broadcast(`* ${name} has joined`);
    const member = new Member(name, new Outbox(this.#outboxLimit), this);
    this.#members.set(name.toLowerCase(), member);
    return member;
  }

  /** Takes a member out; called by its disposal. */
  leave(member: Member, reason: string | undefined): void {
    this.#members.delete(member.name.toLowerCase());
    this.broadcast(`* ${member.name} has left` + (reason === undefined ? "" : ` (${reason})`));
  }

  /** Tells everybody but `except`. */
  broadcast(line: string, except?: Member): void {
    for (const member of this.#members.values()) {
      if (member !== except) member.tell(line);
    }
  }

  /** Shows the door to everybody who has been silent for longer than this. */
  kickSilent(longestMs: number): void {
    for (const member of this.#members.values()) {
      if (member.silence > longestMs) member.kick("silent");
    }
  }
}
