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
 * Tells an empty buffer from one whose memory was transferred away or has shrunk, which has no
 * length either.
 *
 * @throws {TypeError} When its memory is gone.
 */
export function checkAttached(buffer: Uint8Array): void {
  try {
    // Only a view that its memory covers can be viewed again.
    buffer.subarray(0);
    new Uint8Array(buffer.buffer, buffer.byteOffset, 0);
  } catch {
    throw new TypeError("Cannot use a buffer whose memory was transferred away or has shrunk");
  }
}

/**
 * How many bytes of `buffer` are meant: `length`, or all.
 *
 * @throws {TypeError} When `buffer` is no `Uint8Array`.
 * @throws {RangeError} When `length` is no integer from 0 to the size of the buffer.
 */
export function lengthOf(buffer: Uint8Array, length: number | undefined): number {
  checkBuffer(buffer);
  if (length === undefined) return buffer.byteLength;
  if (Number.isInteger(length) && length >= 0 && length <= buffer.byteLength) return length;
  throw new RangeError(`Cannot use ${length} bytes of a buffer of ${buffer.byteLength}`);
}

/** The error for a buffer that has become smaller than what is to be sent of it. */
export function shrunk(buffer: Uint8Array, length: number): Error {
  if (buffer.byteLength === 0) {
    return new TypeError("Cannot use a buffer whose memory was transferred away");
  }
  return new RangeError(
    `Cannot use ${length} bytes of a buffer that shrank to ${buffer.byteLength}`,
  );
}
