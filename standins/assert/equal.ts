/**
 * Deep equality.
 *
 * @module
 */

type Pairs = Map<object, Set<object>>;
type Loose = Record<PropertyKey, unknown>;

/**
 * Tells whether two values have the same structure: same constructor, same keys, equal parts.
 *
 * `NaN` equals itself, `0` equals `-0`, and a missing key is not the same as `undefined`.
 */
export function equal(a: unknown, b: unknown): boolean {
  return compare(a, b, new Map());
}

function compare(a: unknown, b: unknown, seen: Pairs): boolean {
  if (a === b || Object.is(a, b)) return true;
  if (!isObject(a) || !isObject(b) || !sameKind(a, b)) return false;

  // A pair met again further in is part of a cycle, and equal unless something else differs.
  const partners = seen.get(a) ?? new Set();
  if (partners.has(b)) return true;
  seen.set(a, partners.add(b));
  const same = compareParts(a, b, seen);
  if (!same) partners.delete(b);
  return same;
}

/** Two objects of one kind. */
function compareParts(a: object, b: object, seen: Pairs): boolean {
  if (a instanceof WeakMap || a instanceof WeakSet) {
    throw new TypeError(`Cannot compare ${a.constructor.name} instances`);
  }
  if (a instanceof WeakRef) return compare(a.deref(), (b as typeof a).deref(), seen);
  if (a instanceof Date) return Object.is(a.getTime(), (b as Date).getTime());
  if (a instanceof RegExp || a instanceof URL || a instanceof String) {
    return String(a) === String(b);
  }
  const bytes = bytesOf(a);
  if (bytes) return sameItems(bytes, bytesOf(b)!);
  if (ArrayBuffer.isView(a)) return sameItems(a as Uint8Array, b as Uint8Array);
  if (a instanceof Set) return sameMembers([...a], [...b as Set<unknown>], seen);
  if (a instanceof Map) return sameMembers([...a], [...b as Map<unknown, unknown>], seen);
  return sameProperties(a as Loose, b as Loose, seen);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** Same constructor; an object without any counts as a plain one. */
function sameKind(a: object, b: object): boolean {
  const kind = (value: object) => value.constructor || Object;
  return kind(a) === kind(b);
}

function bytesOf(value: object): Uint8Array | undefined {
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  if (typeof SharedArrayBuffer !== "undefined" && value instanceof SharedArrayBuffer) {
    return new Uint8Array(value);
  }
  if (!(value instanceof DataView)) return undefined;
  return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
}

function sameItems(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  return a.every((item, index) => item === b[index] || Object.is(item, b[index]));
}

/** Each member of `a` has one of its own in `b`, in whatever order. */
function sameMembers(a: unknown[], b: unknown[], seen: Pairs): boolean {
  if (a.length !== b.length) return false;
  const left = new Set(b.keys());
  return a.every((member, position) => {
    const matches = (index: number) => compare(member, b[index], seen);
    const index = left.has(position) && matches(position) ? position : left.values().find(matches);
    return index !== undefined && left.delete(index);
  });
}

function sameProperties(a: Loose, b: Loose, seen: Pairs): boolean {
  const keys = keysOf(a);
  const others = keysOf(b);
  if (keys.size !== others.size) return false;
  return keys.values().every((key) => others.has(key) && compare(a[key], b[key], seen));
}

/** Own enumerable keys, and the getters of the object and its classes. */
function keysOf(value: object): Set<PropertyKey> {
  const keys = new Set<PropertyKey>();
  for (const key of Reflect.ownKeys(value)) {
    const property = Reflect.getOwnPropertyDescriptor(value, key);
    if (property?.enumerable || property?.get) keys.add(key);
  }
  let base: object | null = Object.getPrototypeOf(value);
  while (base && base !== Object.prototype && base !== Array.prototype) {
    for (const key of Object.getOwnPropertyNames(base)) {
      if (Reflect.getOwnPropertyDescriptor(base, key)?.get) keys.add(key);
    }
    base = Object.getPrototypeOf(base);
  }
  return keys;
}
