/**
 * Addresses of modules that are started instead of imported.
 *
 * @module
 */

/**
 * The address of a module beside another one, whose extension it takes over: the sources are
 * TypeScript, the npm package has JavaScript.
 *
 * @param url The address of the module that asks, its `import.meta.url`.
 * @param name The other one without extension, like `"./thread_main"`.
 */
export function moduleBeside(url: string, name: string): URL {
  const [extension] = /\.[cm]?[jt]s$/.exec(new URL(url).pathname) ?? [".js"];
  return new URL(name + extension, url);
}
