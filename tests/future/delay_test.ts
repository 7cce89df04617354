// Imports nothing that loads time/, so that the host's timers serve.
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { BUDGET, hasBudget, resetBudget } from "../../future/budget.ts";
import { delay, pollDelay } from "../../future/delay.ts";
import { isPending } from "../../future/poll.ts";
import * as mpsc from "../../sync/mpsc/mod.ts";

/** Nobody. */
const CX = { waker: { wake() {} } };

Deno.test("delay() by the host's timers is never early", async () => {
  const begin = performance.now();
  await delay(3);
  assert(performance.now() - begin >= 3);
});

Deno.test("delay() that is over at once needs no timer, and ends once", () => {
  const over = delay(0);
  assertEquals(over.poll(CX), undefined);
  assertThrows(() => over.poll(CX), TypeError, "Cannot poll a future again");
});

Deno.test("delay() that is dropped leaves no timer behind", () => {
  const long = delay(2 ** 40);
  assert(isPending(long.poll(CX)));
  long[Symbol.dispose]();
});

Deno.test("pollDelay() looks at the clock if the budget was used up by what was polled before", () => {
  resetBudget(0);
  assert(!pollDelay(delay(0), CX, false));
  assert(pollDelay(delay(0), CX, true));
  assert(!hasBudget());
  resetBudget(BUDGET);
});

Deno.test("Sender.sendTimeout() works where time/ is not loaded", async () => {
  const [tx, rx] = mpsc.channel<number>(1);
  await tx.sendTimeout(1, 1000);
  const error = await assertRejects(
    async () => await tx.sendTimeout(2, 2),
    mpsc.SendTimeoutError,
  );
  assertEquals([error.kind, error.value], ["timeout", 2]);
  rx.close();
  const closed = await assertRejects(
    async () => await tx.sendTimeout(3, 1000),
    mpsc.SendTimeoutError,
  );
  assertEquals(closed.kind, "closed");
});
