/**
 * Spies and stubs.
 *
 * @module
 */

// deno-lint-ignore-file no-explicit-any

/** Says that something cannot be spied on, replaced or restored. */
export class MockError extends Error {
  /** Keeps the message. */
  constructor(message: string) {
    super(message);
    this.name = "MockError";
  }
}

/** One call. */
export interface SpyCall<Self = any, Args extends unknown[] = any[], Return = any> {
  /** What was passed. */
  args: Args;
  /** What came back, if anything did. */
  returned?: Return;
  /** What was thrown, if anything was. */
  error?: Error;
  /** What it was called on, if it was a method. */
  self?: Self;
}

/** A function that remembers its calls. */
export interface Spy<Self = any, Args extends unknown[] = any[], Return = any> {
  /** Calls the function. */
  (this: Self, ...args: Args): Return;
  /** The function without the spy. */
  original: (this: Self, ...args: Args) => Return;
  /** The calls so far. */
  calls: SpyCall<Self, Args, Return>[];
  /** Whether the method is its own again. */
  restored: boolean;
  /** Takes the spy off a method. */
  restore(): void;
}

/** A method that remembers its calls. */
export interface MethodSpy<Self = any, Args extends unknown[] = any[], Return = any>
  extends Spy<Self, Args, Return>, Disposable {}

/** A class that remembers its instances. */
export interface ConstructorSpy<Self = any, Args extends unknown[] = any[]> {
  /** Makes an instance. */
  new (...args: Args): Self;
  /** The class without the spy. */
  original: new (...args: Args) => Self;
  /** The calls so far. */
  calls: SpyCall<Self, Args, Self>[];
  /** Always false. */
  restored: boolean;
  /** Always throws. */
  restore(): void;
}

/** A method that was replaced, and remembers its calls. */
export interface Stub<Self = any, Args extends unknown[] = any[], Return = any>
  extends MethodSpy<Self, Args, Return> {
  /** What runs in its place. */
  fake: (this: Self, ...args: Args) => Return;
}

/** Any function or class with a spy on it. */
export type SpyLike<Self = any, Args extends unknown[] = any[], Return = any> =
  | Spy<Self, Args, Return>
  | ConstructorSpy<Self, Args>;

/** The parameters of a method. */
export type GetParametersFromProp<Self, Prop extends keyof Self> = Self[Prop] extends
  (...args: infer Args) => unknown ? Args : unknown[];

/** The result of a method. */
export type GetReturnFromProp<Self, Prop extends keyof Self> = Self[Prop] extends
  (...args: any[]) => infer Return ? Return : unknown;

/** A function that does nothing but remember its calls. */
export function spy<Self = any, Args extends unknown[] = any[], Return = undefined>(): Spy<
  Self,
  Args,
  Return
>;
/** Wraps a function. */
export function spy<Self, Args extends unknown[], Return>(
  func: (this: Self, ...args: Args) => Return,
): Spy<Self, Args, Return>;
/** Wraps a class. */
export function spy<Self, Args extends unknown[]>(
  constructor: new (...args: Args) => Self,
): ConstructorSpy<Self, Args>;
/** Wraps a method in its place. */
export function spy<Self, Prop extends keyof Self>(
  self: Self,
  property: Prop,
): MethodSpy<Self, GetParametersFromProp<Self, Prop>, GetReturnFromProp<Self, Prop>>;
export function spy(target?: any, property?: PropertyKey): any {
  if (property !== undefined) {
    if (typeof target[property] !== "function") {
      throw new MockError("Cannot spy: property is not an instance method");
    }
    return replace("spy", target, property, target[property]);
  }
  if (typeof target === "function" && String(target).startsWith("class")) return classSpy(target);
  return functionSpy(target ?? (() => {}), target, false, () => {
    throw new MockError("Cannot restore: function cannot be restored");
  });
}

/** Puts a function, or one that does nothing, in the place of a method. */
export function stub<Self, Prop extends keyof Self>(
  self: Self,
  property: Prop,
): Stub<Self, GetParametersFromProp<Self, Prop>, GetReturnFromProp<Self, Prop>>;
/** Puts a function in the place of a method. */
export function stub<Self, Prop extends keyof Self>(
  self: Self,
  property: Prop,
  func: (
    this: Self,
    ...args: GetParametersFromProp<Self, Prop>
  ) => GetReturnFromProp<Self, Prop>,
): Stub<Self, GetParametersFromProp<Self, Prop>, GetReturnFromProp<Self, Prop>>;
export function stub(self: any, property: PropertyKey, func: any = () => {}): any {
  const original = self[property];
  if (original !== undefined && typeof original !== "function") {
    throw new MockError("Cannot stub: property is not an instance method");
  }
  return Object.assign(replace("stub", self, property, func), { fake: func });
}

const spies: WeakSet<object> = new WeakSet();

function functionSpy(func: any, original: any, method: boolean, undo: () => void): any {
  const calls: SpyCall[] = [];
  let restored = false;
  function spied(this: any, ...args: any[]): any {
    const call: SpyCall = this ? { args, self: this } : { args };
    try {
      return call.returned = func.apply(this, args);
    } catch (error) {
      call.error = error as Error;
      throw error;
    } finally {
      calls.push(call);
    }
  }
  const restore = () => {
    if (restored) throw new MockError("Cannot restore: instance method already restored");
    undo();
    restored = true;
  };
  Object.assign(spied, { original: original ?? func, calls, restore });
  Object.defineProperty(spied, "restored", { enumerable: true, get: () => restored });
  if (method) Object.assign(spied, { [Symbol.dispose]: restore });
  spies.add(spied);
  return spied;
}

/** Puts a spy on `func` where the method was. */
function replace(action: string, self: any, property: PropertyKey, func: any): any {
  const original = self[property];
  if (spies.has(original)) {
    throw new MockError(`Cannot ${action}: already spying on instance method`);
  }
  const descriptor = Object.getOwnPropertyDescriptor(self, property);
  if (descriptor?.configurable === false) {
    throw new MockError(`Cannot ${action}: non-configurable instance method`);
  }
  const spied = functionSpy(func, original, true, () => {
    if (descriptor) Object.defineProperty(self, property, descriptor);
    else delete self[property];
  });
  Object.defineProperty(self, property, {
    configurable: true,
    enumerable: descriptor?.enumerable ?? false,
    writable: descriptor?.writable ?? false,
    value: spied,
  });
  return spied;
}

function classSpy(original: new (...args: any[]) => any): ConstructorSpy {
  const calls: SpyCall[] = [];
  const restore = () => {
    throw new MockError("Cannot restore: constructor cannot be restored");
  };
  return new Proxy(original, {
    construct(target, args, newTarget) {
      const call: SpyCall = { args };
      try {
        return call.returned = Reflect.construct(target, args, newTarget);
      } catch (error) {
        call.error = error as Error;
        throw error;
      } finally {
        calls.push(call);
      }
    },
    get: (target, key, receiver) =>
      Reflect.get({ original, calls, restored: false, restore }, key) ??
        Reflect.get(target, key, receiver),
  }) as ConstructorSpy;
}
