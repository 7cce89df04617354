/**
 * Assertions that only the type checker sees.
 *
 * @module
 */

/** Requires that the type argument, one of the conditions below, has this truth value. */
export function assertType<T extends boolean>(_expectTrue: T): void {}

/** Requires a type that is `true`. */
export type AssertTrue<T extends true> = never;

/** Requires a type that is `false`. */
export type AssertFalse<T extends false> = never;

/** Requires a type with this truth value. */
export type Assert<T extends boolean, Expected extends T> = never;

/** Whether `U` is among the members of `T`. */
export type Has<T, U> = IsAny<T> extends true ? true
  : IsAny<U> extends true ? false
  : [Extract<T, U>] extends [never] ? false
  : true;

/** Whether `U` is not among the members of `T`. */
export type NotHas<T, U> = Has<T, U> extends false ? true : false;

/** Whether the type includes `null` or `undefined`. */
export type IsNullable<T> = [Extract<T, null | undefined>] extends [never] ? false : true;

/** Whether two types are the same. */
export type IsExact<T, U> = Same<Flat<T>, Flat<U>>;

/** Whether the type is `any`. */
export type IsAny<T> = 0 extends (1 & T) ? true : false;

/** Whether the type is `never`. */
export type IsNever<T> = [T] extends [never] ? true : false;

/** Whether the type is `unknown`. */
export type IsUnknown<T> = IsAny<T> extends true ? false : unknown extends T ? true : false;

/** The checker only takes two conditional types for the same if what they ask for is identical. */
type Same<T, U> = (<X>() => X extends T ? 1 : 2) extends (<X>() => X extends U ? 1 : 2) ? true
  : false;

/** Writes an intersection of plain objects as one object. */
type Flat<T> = IsAny<T> extends true ? T
  : T extends Record<PropertyKey, unknown> ? { [K in keyof T]: Flat<T[K]> }
  : T;
