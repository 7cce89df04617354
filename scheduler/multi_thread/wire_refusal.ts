/**
 * How a value is refused that cannot travel.
 *
 * @module
 */

/** The error of structured clone, which is a `DOMException` where there is one. */
export function dataCloneError(message: string): Error {
  if (typeof DOMException === "function") return new DOMException(message, "DataCloneError");
  const error = new Error(message);
  error.name = "DataCloneError";
  return error;
}

/** Thrown where the value was met; each object that it is in adds its key on the way out. */
export class Refusal {
  /** The way from the root to the value. */
  path = "";
  /** What the value is. */
  readonly found: string;

  constructor(found: string) {
    this.found = found;
  }

  /** What the sender gets to see. */
  toError(root: string): Error {
    return dataCloneError(
      `Cannot send ${root}${this.path}: found ${this.found}, wanted what structured clone takes ` +
        "or a handle",
    );
  }
}

/** Adds a key to the way of a refusal; other errors stay as they are. */
export function within(error: unknown, key: string | number): unknown {
  if (error instanceof Refusal) error.path = segment(key) + error.path;
  return error;
}

function segment(key: string | number): string {
  if (typeof key === "number") return `[${key}]`;
  if (/^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(key)) return `.${key}`;
  return /^(0|[1-9]\d*)$/.test(key) ? `[${key}]` : `[${JSON.stringify(key)}]`;
}
