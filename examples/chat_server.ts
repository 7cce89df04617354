/**
 * A chat over TCP, for telnet or netcat: the first line is a name, every other one goes to all.
 *
 * ```sh
 * deno run --allow-net --allow-ffi examples/chat_server.ts --port 8080
 * nc 127.0.0.1 8080
 * ```
 *
 * Each connection is one task. In it, reading, writing and being shown the door are the branches of
 * one `select`: whichever ends first drops the others, and `using` does the rest.
 *
 * @module
 */

import {
  ElapsedError,
  type Future,
  future,
  interval,
  run,
  select,
  sleep,
  spawn,
  type Steps,
  TcpListener,
  type TcpStream,
  timeout,
} from "../mod.ts";
import { acceptAll } from "./accept.ts";
import { Lines, LineTooLongError } from "./chat/lines.ts";
import { type Member, Room } from "./chat/room.ts";
import { isHangup, numberOption, option, say } from "./cli.ts";

/** How long a line may be, in bytes. */
const LONGEST_LINE = 1024;

/** How long a member who leaves may take to read the rest. */
const LINGER_MS = 2_000;

const HELP = "* /who tells who is here, /quit leaves";

/** What the command line can change. */
interface Limits {
  /** How long somebody may take to tell a name. */
  readonly nameMs: number;
  /** How long a member may be silent. */
  readonly silenceMs: number;
}

/** One connection, from greeting to farewell. */
function* serve(stream: TcpStream, room: Room, limits: Limits): Steps<void> {
  using _stream = stream;
  try {
    const lines = new Lines(stream, LONGEST_LINE);
    const member = yield* timeout(limits.nameMs, askName(stream, lines, room));
    if (member !== undefined) yield* chat(stream, lines, member, room);
  } catch (error) {
    const isOrdinary = error instanceof ElapsedError || error instanceof LineTooLongError;
    if (!isOrdinary && !isHangup(error)) throw error;
  }
}

/** Asks until the room accepts the name; `undefined` if the other end goes before. */
function askName(stream: TcpStream, lines: Lines, room: Room): Future<Member | undefined> {
  return future(function* () {
    yield* sendLine(stream, "Your name?");
    while (true) {
      const name = yield* lines.next();
      if (name === undefined) return undefined;
      const joined = room.join(name);
      if (typeof joined !== "string") return joined;
      yield* sendLine(stream, `${joined} Your name?`);
    }
  });
}

/** A member's time in the room. */
function* chat(stream: TcpStream, lines: Lines, owned: Member, room: Room): Steps<void> {
  using member = owned;
  member.tell(`* Welcome, ${member.name}. Here: ${room.names.join(", ")}`);
  member.tell(HELP);
  try {
    yield* select({
      reading: future(() => listen(lines, member, room)),
      writing: future(() => sendOutbox(stream, member)),
      kicked: member.kicked(),
    });
  } catch (error) {
    if (!(error instanceof LineTooLongError)) throw error;
    member.kick("line too long");
  }
}

/** Tells the room what the member says. At the end the writing branch gets time to finish. */
function* listen(lines: Lines, member: Member, room: Room): Steps<void> {
  while (true) {
    const line = yield* lines.next();
    if (line === undefined || line === "/quit") break;
    member.hear();
    if (line === "/who") member.tell(`* Here: ${room.names.join(", ")}`);
    else if (line.startsWith("/")) member.tell(HELP);
    else if (line !== "") room.broadcast(`<${member.name}> ${line}`, member);
  }
  member.tell("* Goodbye");
  member.outbox.close();
  yield* sleep(LINGER_MS);
}

/** Sends what waits for the member, until its outbox is closed and empty. */
function* sendOutbox(stream: TcpStream, { outbox }: Member): Steps<void> {
  for (let lines; (lines = yield* outbox.take()) !== undefined;) yield* stream.writeAll(lines);
}

function sendLine(stream: TcpStream, line: string): Future<void> {
  return stream.writeAll(new TextEncoder().encode(line + "\n"));
}

/** Looks now and then for members who have fallen asleep: one timer for all of them. */
function* sweep(room: Room, silenceMs: number): Steps<never> {
  const ticks = interval(Math.max(silenceMs / 4, 1));
  ticks.missedTickBehavior = "skip";
  while (true) {
    yield* ticks.tick();
    room.kickSilent(silenceMs);
  }
}

if (import.meta.main) {
  const room = new Room(numberOption("queue", 64 * 1024));
  const limits: Limits = {
    nameMs: numberOption("name-timeout", 30_000),
    silenceMs: numberOption("silence", 600_000),
  };
  await run(async () => {
    using listener = await TcpListener.bind(`127.0.0.1:${option("port", "0")}`);
    say(`listening on ${listener.localAddr()}`);
    spawn<never>(() => sweep(room, limits.silenceMs));
    await acceptAll(listener, (stream) => void spawn(() => serve(stream, room, limits)));
  });
}
