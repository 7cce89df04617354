/**
 * Whether "Windows" is Wine, which differs in places: `tests/helpers/needs.ts` names them.
 *
 * @module
 */

/** Whether this is Wine. */
export const isWine: boolean = Deno.build.os === "windows" && hasVersion();

/** Wine's own function, which Windows does not have. */
function hasVersion(): boolean {
  try {
    Deno.dlopen("ntdll.dll", {
      // FFI: const char *wine_get_version(void)
      // Fails: never. Any thread. No buffer.
      wine_get_version: { parameters: [], result: "pointer" },
    }).close();
    return true;
  } catch {
    return false;
  }
}
