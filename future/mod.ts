/**
 * Futures: lazy, polled, cancellable waits, and how to combine them.
 *
 * @module
 */

export { Pending, type Poll } from "./poll.ts";
export type { Context, Waker } from "./context.ts";
export { Future, isFuture, type Steps, type Wait } from "./future.ts";
export { future } from "./generator.ts";
export { pending, ready } from "./ready.ts";
export { pollFn } from "./poll_fn.ts";
export { fromPromise } from "./from_promise.ts";
export { type IntoFuture, type Output } from "./into_future.ts";
export { End, type SizeHint, Source } from "./source.ts";
export { join, joinAll, type JoinOptions, type Outputs, tryJoin, tryJoinAll } from "./join.ts";
export {
  type BranchValue,
  type ElseValue,
  select,
  type Selectable,
  type Selected,
  type SelectedAt,
  type SelectElse,
  type SelectOptions,
} from "./select.ts";
export {
  type Branch,
  branch,
  type BranchCondition,
  type BranchOptions,
  type Handled,
  type MatchOptions,
  when,
} from "./branch.ts";
export { race, selectOk } from "./race.ts";
export { borrow } from "./borrow.ts";
export { andThen, mapped, orElse } from "./chain.ts";
export { abortable, Aborted, type Aborter } from "./abortable.ts";
export { fromAbortSignal, withSignal } from "./signal.ts";
export { type Fuse, fuse, type MaybeDone, maybeDone } from "./maybe_done.ts";
export { lazy } from "./lazy.ts";
export { seedRandom } from "./random.ts";
