/**
 * How values that tasks inherit travel with a portable task: as one more argument, behind its own.
 *
 * @module
 */

import {
  asyncFrame,
  currentFrame,
  type Frame,
  type Inherited,
  inheritedHere,
  startInheriting,
} from "../task_context.ts";
import {
  type HandleKind,
  registerHandle,
  toWire,
  type WireForm,
  type WireHandle,
} from "./handle.ts";

/** The values, on their way. */
class Luggage implements WireHandle {
  readonly values: Inherited | undefined;

  constructor(values: Inherited | undefined) {
    this.values = values;
  }

  [toWire](): WireForm {
    const data: unknown[] = [];
    const seen = new Set<string>();
    for (let entry = this.values; entry !== undefined; entry = entry.outer) {
      if (!seen.has(entry.key) && entry.isSet) data.push(entry.key, entry.value);
      seen.add(entry.key);
    }
    return { kind: luggage, data };
  }
}

const luggage: HandleKind = registerHandle(import.meta, "Luggage", {
  decode: (...data: unknown[]) => {
    let values: Inherited | undefined;
    for (let i = 0; i < data.length; i += 2) {
      values = { key: data[i] as string, value: data[i + 1], isSet: true, outer: values };
    }
    return new Luggage(values);
  },
});

/** The arguments of a portable task, and with them what it inherits from the code that runs here. */
export function withInherited(args: readonly unknown[]): readonly unknown[] {
  const values = inheritedHere();
  return values === undefined ? args : [...args, new Luggage(values)];
}

/** Takes what a task inherits out of its arguments. */
export function takeInherited(args: unknown[]): Inherited | undefined {
  const { length } = args;
  if (length === 0 || !(args[length - 1] instanceof Luggage)) return undefined;
  return (args.pop() as Luggage).values;
}

/** Lets the task that is running inherit values that have arrived with it. */
export function inherit(values: Inherited | undefined): void {
  const task = currentFrame()?.task;
  if (values === undefined || task === undefined) return;
  startInheriting();
  task.inherited = values;
}

/** Calls a plain function, which belongs to no task of this isolate, with inherited values. */
export function callInheriting<T>(values: Inherited, fn: () => T): T {
  startInheriting();
  return asyncFrame.run(new Visit(values), fn);
}

/** Where such a function runs. What it waits for there nobody breaks off. */
class Visit implements Frame {
  readonly task = undefined;
  readonly inherited: Inherited;

  constructor(inherited: Inherited) {
    this.inherited = inherited;
  }

  takeInterrupt(): undefined {}

  enter(): void {}

  leave(): void {}
}
