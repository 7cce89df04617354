/**
 * The conformance suite, run against every selector there is.
 *
 * @module
 */

import { ERROR, READ_CLOSED, READABLE, WRITABLE, WRITE_CLOSED } from "../../ffi/backend.ts";
import { backend } from "../../ffi/mod.ts";
import { systemBackend } from "../helpers/libkqueue.ts";
import { needs } from "../helpers/needs.ts";
import { FakeSelector } from "./fake_selector.ts";
import { nativeWorld } from "./native_world.ts";
import { conformance } from "./selector_conformance.ts";
import type { World } from "./selector_world.ts";

/** The world of a fake: descriptors are numbers and a peer is a function call. */
function fakeWorld(reportsEdges: boolean): World {
  const selector = new FakeSelector({ reportsEdges });
  return {
    selector,
    wake: () => selector.wake(),
    badDescriptor: { fd: -1, codes: ["EBADF"] },
    reusesNumbers: true,
    connect() {
      const fd = selector.open(WRITABLE);
      return {
        fd,
        feed: () => selector.raise(fd, READABLE),
        drain: () => selector.lower(fd, READABLE),
        fill: () => selector.lower(fd, WRITABLE),
        relieve: () => selector.raise(fd, WRITABLE),
        halfClose: () => selector.raise(fd, READ_CLOSED | READABLE),
        reset: () => selector.raise(fd, ERROR | READ_CLOSED | WRITE_CLOSED | READABLE | WRITABLE),
        close: () => selector.closeDescriptor(fd),
      };
    },
    now: () => selector.clock.now(),
    async pass(ms) {
      selector.clock.advance(ms);
      await new Promise<void>((resolve) => void setImmediate(resolve));
    },
    [Symbol.dispose]: () => selector.close(),
  };
}

conformance("fake with edges", () => fakeWorld(true));
conformance("fake with one shot per arm", () => fakeWorld(false));
conformance("system selector", () => nativeWorld(systemBackend()), {
  ...needs("sockets"),
  ignoreRefusal: needs("checkedHandles").ignore,
});
conformance("kqueue by libkqueue", () => nativeWorld(backend()), needs("libkqueue"));
