/**
 * Checks of the memory that users lend.
 *
 * @module
 */

/** @throws {TypeError} When `buffer` is no `Uint8Array`. */
export function checkBuffer(buffer: Uint8Array): void {
  if (buffer instanceof Uint8Array) return;
  throw new TypeError(`Cannot use a value of type ${typeof buffer} as a buffer: give a Uint8Array`);
}

/** @throws {TypeError} When one of `buffers` is no `Uint8Array`. */
export function checkBuffers(buffers: readonly Uint8Array[]): void {
  if (!Array.isArray(buffers)) throw new TypeError("Cannot use a value as buffers: give an array");
  buffers.forEach(checkBuffer);
}

/**
 * Tells an empty buffer from one whose memory was transferred away, which also has no length.
 *
 * @throws {TypeError} When it was transferred away.
 */
export function checkAttached(buffer: Uint8Array): void {
  try {
    new Uint8Array(buffer.buffer, 0, 0);
  } catch {
    throw new TypeError("Cannot use a buffer whose memory was transferred away");
  }
}
