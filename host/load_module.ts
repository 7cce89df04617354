/**
 * Loading modules by their address.
 *
 * @module
 */

/** The classes by which Bun says that it cannot load a module; structured clone makes nothing of them. */
const MESSAGE = /^\[object (Resolve|Build)Message\]$/;

/**
 * Loads a module.
 *
 * @param url Its address.
 * @throws {Error} When it cannot be loaded, and whatever it throws itself.
 */
export async function loadModule(url: string): Promise<unknown> {
  try {
    return await import(url);
  } catch (error) {
    if (!MESSAGE.test(Object.prototype.toString.call(error))) throw error;
    throw new Error((error as Error).message);
  }
}
