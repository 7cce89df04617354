/**
 * What channels with many senders have in common, between isolates: `mpsc_test.ts` and `mpmc_test.ts`
 * have what each of them does in its own way.
 *
 * @module
 */

import { assert, assertEquals, assertThrows } from "@std/assert";
import * as shared from "../../../sync/shared/mod.ts";
import { test } from "../../helpers/leak_guard.ts";
import { assertPending, assertReady, Wakes } from "../../helpers/wakes.ts";
import { leavesNothing } from "../../helpers/workers.ts";

type Kind = "mpsc" | "mpmc";
const kinds: Kind[] = ["mpsc", "mpmc"];

/** A channel whose handles are gone in the end. */
function withChannel<T>(
  kind: Kind,
  capacity: number,
  main: (
    tx: shared.mpsc.Sender<T> | shared.mpmc.Sender<T>,
    rx: shared.mpsc.Receiver<T> | shared.mpmc.Receiver<T>,
  ) => void,
): void {
  leavesNothing(() => {
    const [tx, rx] = shared[kind].channel<T>(capacity);
    using _tx = tx;
    using _rx = rx;
    main(tx, rx);
  });
}

for (const kind of kinds) {
  const { TryRecvError, TrySendError, SendError } = shared[kind];

  test(`shared.${kind} hands values on in order, of any kind and size`, () => {
    withChannel<unknown>(kind, 3, (tx, rx) => {
      const values = [1, "two", { three: [3, null, undefined] }, "x".repeat(1000), undefined, 10n];
      for (let round = 0; round < 4; round++) {
        for (const value of values) {
          assertReady(tx.send(value));
          assertEquals(assertReady(rx.recv()), value);
        }
      }
      for (let i = 0; i < 3; i++) tx.trySend(i);
      assertEquals([rx.len(), rx.capacity(), rx.maxCapacity()], [3, 0, 3]);
      assertEquals([rx.tryRecv(), rx.tryRecv(), rx.tryRecv()], [0, 1, 2]);
      assertEquals([tx.capacity(), tx.maxCapacity()], [3, 3]);
      assertReady(tx.send(new Uint8Array(200_000)));
      assertEquals((rx.tryRecv() as Uint8Array).length, 200_000);
    });
  });

  test(`shared.${kind}.Sender.send() waits for room, and is served in order`, () => {
    withChannel<number>(kind, 1, (tx, rx) => {
      tx.trySend(0);
      const wakes = [new Wakes(), new Wakes()];
      const sends = [tx.send(1), tx.send(2)];
      sends.forEach((send, i) => assertPending(send, wakes[i]));
      assertEquals([tx.capacity(), tx.maxCapacity()], [0, 1]);
      assertEquals(rx.tryRecv(), 0);
      assertEquals(wakes.map((wake) => wake.isWoken()), [true, false]);
      const error = assertThrows(() => tx.trySend(3), TrySendError);
      assertEquals([error.kind, error.value], ["full", 3]);
      assertReady(sends[0]!);
      assertEquals(rx.tryRecv(), 1);
      assert(wakes[1]!.isWoken());
      assertReady(sends[1]!);
      assertEquals(rx.tryRecv(), 2);
      assertEquals(rx.capacity(), 1);
    });
  });

  test(`a shared.${kind} send that is given up passes its room on`, () => {
    withChannel<number>(kind, 1, (tx, rx) => {
      tx.trySend(0);
      const wakes = [new Wakes(), new Wakes()];
      const sends = [tx.send(1), tx.send(2)];
      sends.forEach((send, i) => assertPending(send, wakes[i]));
      assertEquals(rx.tryRecv(), 0);
      assert(wakes[0]!.isWoken());
      sends[0]![Symbol.dispose]();
      assert(wakes[1]!.isWoken());
      assertReady(sends[1]!);
      assertEquals(rx.tryRecv(), 2);
    });
    withChannel<number>(kind, 1, (tx, rx) => {
      tx.trySend(0);
      const send = tx.send(1);
      assertPending(send);
      assertEquals([rx.tryRecv(), tx.capacity()], [0, 0]);
      send[Symbol.dispose]();
      assertEquals(tx.capacity(), 1);
    });
  });

  test(`a send that waits when its shared.${kind} sender is closed still goes through`, () => {
    withChannel<number>(kind, 1, (tx, rx) => {
      tx.trySend(0);
      const send = tx.send(1);
      const late = tx.send(2);
      assertPending(send);
      tx.close();
      assertEquals(rx.tryRecv(), 0);
      assertEquals(assertThrows(() => rx.tryRecv(), TryRecvError).kind, "empty");
      assertReady(send);
      assertEquals(rx.tryRecv(), 1);
      assertEquals(assertReady(rx.recv()), undefined);
      assertThrows(() => assertReady(late), SendError);
    });
    withChannel<number>(kind, 1, (tx, rx) => {
      tx.trySend(0);
      const send = tx.send(1);
      assertPending(send);
      tx.close();
      assertEquals(rx.tryRecv(), 0);
      const wakes = new Wakes();
      const recv = rx.recv();
      assertPending(recv, wakes);
      send[Symbol.dispose]();
      assert(wakes.isWoken());
      assertEquals(assertReady(recv), undefined);
    });
  });

  test(`shared.${kind}.Receiver.close() refuses what comes later and keeps what is there`, () => {
    withChannel<number>(kind, 2, (tx, rx) => {
      tx.trySend(1);
      tx.trySend(2);
      const wakes = [new Wakes(), new Wakes()];
      const send = tx.send(3);
      const closed = tx.closed();
      assertPending(send, wakes[0]);
      assertPending(closed, wakes[1]);
      rx.close();
      assert(wakes.every((wake) => wake.isWoken()));
      assertEquals(assertThrows(() => assertReady(send), SendError).value, 3);
      assertReady(closed);
      assert(tx.isClosed());
      assertEquals(assertThrows(() => tx.trySend(4), TrySendError).kind, "closed");
      assertEquals([assertReady(rx.recv()), assertReady(rx.recv())], [1, 2]);
      assertEquals(assertReady(rx.recv()), undefined);
    });
  });

  test(`what cannot travel is refused by a shared.${kind} channel, and takes no room`, () => {
    withChannel<unknown>(kind, 1, (tx, rx) => {
      const error = assertThrows(() => tx.trySend({ f: () => 1 }), DOMException);
      assertEquals(error.name, "DataCloneError");
      assertThrows(() => assertReady(tx.send(Symbol())), DOMException);
      assertThrows(() => tx.trySend(new Uint8Array(2 ** 27)), RangeError, "shared memory is full");
      assertEquals(tx.capacity(), 1);
      tx.trySend(1);
      assertEquals(rx.tryRecv(), 1);
    });
    for (const capacity of [0, -1, 1.5, 2 ** 17, NaN]) {
      assertThrows(() => shared[kind].channel(capacity), RangeError, "Cannot make a channel");
    }
  });
}
