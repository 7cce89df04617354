/**
 * Random schedules of both ends of a oneshot channel.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { Pending } from "../../future/poll.ts";
import * as oneshot from "../../sync/oneshot/mod.ts";
import { pollOnce, Wakes } from "../helpers/wakes.ts";
import { forSeeds, type Seeded } from "../helpers/seeded.ts";

/** What has become of the parts of one channel in a random schedule. */
interface Fate {
  sent: "not yet" | "yes" | "refused" | "dropped";
  received: "not yet" | "value" | "failed" | "dropped";
  closed: "not yet" | "waiting" | "done";
}

/** Runs a random schedule, and polls at its end who was woken. */
function runSchedule(random: Seeded): [Fate, oneshot.Sender<number>, oneshot.Receiver<number>] {
  const [tx, rx] = oneshot.channel<number>();
  const [rxWakes, closedWakes] = [new Wakes(), new Wakes()];
  const closed = tx.closed();
  const fate: Fate = { sent: "not yet", received: "not yet", closed: "not yet" };
  const pollRx = () => {
    try {
      if (pollOnce(rx, rxWakes) !== Pending) fate.received = "value";
    } catch (error) {
      assert(error instanceof oneshot.RecvError);
      fate.received = "failed";
    }
  };
  const pollClosed = () => {
    fate.closed = pollOnce(closed, closedWakes) === Pending ? "waiting" : "done";
  };
  const send = () => {
    try {
      tx.send(7);
      fate.sent = "yes";
    } catch (error) {
      assert(error instanceof oneshot.SendError);
      fate.sent = "refused";
    }
  };
  pollRx();
  for (let step = 0; step < 12; step++) {
    const dice = random.below(7);
    if (dice < 2 && fate.received === "not yet") pollRx();
    else if (dice === 2 && fate.sent === "not yet") send();
    else if (dice === 3 && fate.sent === "not yet" && random.chance(0.3)) {
      tx.close();
      fate.sent = "dropped";
    } else if (dice === 4 && random.chance(0.3)) rx.close();
    else if (dice === 5 && fate.received === "not yet" && random.chance(0.3)) {
      rx[Symbol.dispose]();
      fate.received = "dropped";
    } else if (dice === 6 && fate.closed !== "done") pollClosed();
  }
  if (fate.received === "not yet" && rxWakes.isWoken()) pollRx();
  if (fate.closed === "waiting" && closedWakes.isWoken()) pollClosed();
  return [fate, tx, rx];
}

Deno.test("random schedules: a oneshot value arrives, or its sender knows that it did not", () => {
  forSeeds(500, (random) => {
    const [fate, tx, rx] = runSchedule(random);
    const { sent, received, closed } = fate;
    if (sent === "yes") assert(received === "value" || received === "dropped");
    if (sent === "dropped") assert(received === "failed" || received === "dropped");
    if (sent === "refused") assert(tx.isClosed());
    if (received === "value") assertEquals(sent, "yes");
    if (received !== "not yet") assert(tx.isClosed() && rx.isTerminated());
    if (tx.isClosed()) assert(closed !== "waiting" && received !== "not yet");
  });
});
