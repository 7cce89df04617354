/**
 * Whether two values are alike all the way down.
 *
 * @module
 */

/** Pairs that are being compared, so that values which contain themselves come to an end. */
type Compared = Map<object, object>;
type Parts = Record<PropertyKey, unknown>;

/**
 * Whether two values are the same, or objects of one kind whose parts are equal: arrays, typed
 * arrays, maps, sets, dates, errors and whatever else is told apart by its own properties.
 */
export function equal(a: unknown, b: unknown, compared: Compared = new Map()): boolean {
  if (Object.is(a, b)) return true;
  if (!isObject(a) || !isObject(b)) return false;
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
  if (compared.get(a) === b) return true;
  compared.set(a, b);
  if (a instanceof Date) return Object.is(a.getTime(), (b as unknown as Date).getTime());
  if (a instanceof Error && a.message !== b["message"]) return false;
  if (a instanceof Map) return equalMaps(a, b as unknown as Map<unknown, unknown>, compared);
  if (a instanceof Set) return equalSets(a, b as unknown as Set<unknown>, compared);
  return equalParts(a, b, compared);
}

function equalParts(a: Parts, b: Parts, compared: Compared): boolean {
  const keys = Reflect.ownKeys(a);
  // What shows no parts, such as a promise or an object with private fields, is equal to itself only.
  if (keys.length === 0 && !isPlain(a)) return false;
  return keys.length === Reflect.ownKeys(b).length &&
    keys.every((key) =>
      Object.hasOwn(b, key) && (isHiddenOf(a, key) || equal(a[key], b[key], compared))
    );
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null || ArrayBuffer.isView(value);
}

/** Where an error was made is not what it is. All but the first are Bun's. */
const PLACE_OF_ERROR: ReadonlySet<PropertyKey> = new Set([
  "stack",
  "line",
  "column",
  "sourceURL",
  "originalLine",
  "originalColumn",
]);

function isHiddenOf(value: object, key: PropertyKey): boolean {
  return value instanceof Error && PLACE_OF_ERROR.has(key);
}

function equalMaps(
  a: Map<unknown, unknown>,
  b: Map<unknown, unknown>,
  compared: Compared,
): boolean {
  return a.size === b.size &&
    [...a].every(([key, value]) => b.has(key) && equal(value, b.get(key), compared));
}

function equalSets(a: Set<unknown>, b: Set<unknown>, compared: Compared): boolean {
  const left = [...b];
  return a.size === b.size && [...a].every((value) => {
    const index = left.findIndex((other) => equal(value, other, new Map(compared)));
    if (index >= 0) left.splice(index, 1);
    return index >= 0;
  });
}

function isObject(value: unknown): value is Parts {
  return typeof value === "object" && value !== null;
}
