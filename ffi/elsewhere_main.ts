/**
 * The module that a thread for calls that wait runs.
 *
 * @module
 */

import { ownThread } from "../host/thread.ts";
import { type Call, makeCall } from "./elsewhere_call.ts";

const thread = ownThread();
thread.listen((message) => thread.post(makeCall(message as Call)));
thread.post({ kind: "ready" });
