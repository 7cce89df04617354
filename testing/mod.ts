/**
 * Testing what runs on edo: futures polled by hand, scripted peers, leak guards, and tests in
 * a runtime of their own. The clock that tests may stop is in `time`.
 *
 * @module
 */

export { AssertionError } from "./assertion_error.ts";
export {
  assertElapsed,
  assertPending,
  assertReady,
  assertReadyEq,
  assertReadyErr,
} from "./asserts.ts";
export { type LeakGuard, leakGuard, leaks } from "./leaks.ts";
export { type MockBytes, MockIo, mockIo, MockIoBuilder, MockIoHandle } from "./mock_io.ts";
export { MockStream, mockStream, MockStreamBuilder } from "./mock_stream.ts";
export { taskSpawn, TestTask } from "./test_task.ts";
export { test, type TestBody, type TestOptions } from "./test.ts";
