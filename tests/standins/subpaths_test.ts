/**
 * Every path under which `@std/assert` and `@std/async` offer a function by itself.
 *
 * @module
 */

import * as std from "@std/assert";
import * as async from "@std/async";
import { assertAlmostEquals } from "@std/assert/almost-equals";
import { assertArrayIncludes } from "@std/assert/array-includes";
import { assert } from "@std/assert/assert";
import { AssertionError } from "@std/assert/assertion-error";
import { assertEquals } from "@std/assert/equals";
import { assertExists } from "@std/assert/exists";
import { fail } from "@std/assert/fail";
import { assertFalse } from "@std/assert/false";
import { assertGreater } from "@std/assert/greater";
import { assertGreaterOrEqual } from "@std/assert/greater-or-equal";
import { assertInstanceOf } from "@std/assert/instance-of";
import { assertIsError } from "@std/assert/is-error";
import { assertLess } from "@std/assert/less";
import { assertLessOrEqual } from "@std/assert/less-or-equal";
import { assertMatch } from "@std/assert/match";
import { assertNotEquals } from "@std/assert/not-equals";
import { assertNotInstanceOf } from "@std/assert/not-instance-of";
import { assertNotMatch } from "@std/assert/not-match";
import { assertNotStrictEquals } from "@std/assert/not-strict-equals";
import { assertObjectMatch } from "@std/assert/object-match";
import { assertStringIncludes } from "@std/assert/string-includes";
import { unimplemented } from "@std/assert/unimplemented";
import { unreachable } from "@std/assert/unreachable";
import { abortable } from "@std/async/abortable";
import { deadline } from "@std/async/deadline";
import { debounce } from "@std/async/debounce";
import { delay } from "@std/async/delay";
import { MuxAsyncIterator } from "@std/async/mux-async-iterator";
import { pooledMap } from "@std/async/pool";
import { retry, RetryError } from "@std/async/retry";
import { tee } from "@std/async/tee";

Deno.test("@std/assert offers each assertion under a path of its own", () => {
  const alone = {
    assert,
    assertAlmostEquals,
    assertArrayIncludes,
    assertEquals,
    assertExists,
    assertFalse,
    assertGreater,
    assertGreaterOrEqual,
    assertInstanceOf,
    AssertionError,
    assertIsError,
    assertLess,
    assertLessOrEqual,
    assertMatch,
    assertNotEquals,
    assertNotInstanceOf,
    assertNotMatch,
    assertNotStrictEquals,
    assertObjectMatch,
    assertStringIncludes,
    fail,
    unimplemented,
    unreachable,
  };
  assertObjectMatch({ ...std }, alone);
});

Deno.test("@std/async offers each function under a path of its own", () => {
  const alone = {
    abortable,
    deadline,
    debounce,
    delay,
    MuxAsyncIterator,
    pooledMap,
    retry,
    RetryError,
    tee,
  };
  assertObjectMatch({ ...async }, alone);
});
