/** Bytes that are on the disk when a function returns, all of them or none. */

/** Whether the system has permission bits, and directories that can be synchronised. */
export const HAS_MODES = Deno.build.os !== "windows";

/** Writes all of a text; one call of the system may take less. */
export function writeAll(file: Deno.FsFile, text: string): void {
  let rest = new TextEncoder().encode(text);
  while (rest.length > 0) rest = rest.subarray(file.writeSync(rest));
}

/**
 * Puts a file in the place of what is at a path, or of nothing. `prepare` may change the
 * new file before anybody can see it; until then it is for its owner alone.
 */
export function replaceFile(
  path: string,
  text: string,
  prepare: (temporary: string) => void = () => {},
): void {
  const directory = directoryOf(path);
  const temporary = Deno.makeTempFileSync({ dir: directory, prefix: ".knockd-" });
  try {
    {
      using file = Deno.openSync(temporary, { write: true });
      writeAll(file, text);
      prepare(temporary);
      file.syncSync();
    }
    Deno.renameSync(temporary, path);
  } catch (error) {
    Deno.removeSync(temporary);
    throw error;
  }
  syncDirectory(directory);
}

/** Makes what happened in a directory last through a power cut. */
export function syncDirectory(path: string): void {
  if (!HAS_MODES) return;
  using directory = Deno.openSync(path);
  directory.syncSync();
}

/** The directory that a path is in. */
export function directoryOf(path: string): string {
  const slash = Math.max(path.lastIndexOf("/"), HAS_MODES ? -1 : path.lastIndexOf("\\"));
  return slash < 0 ? "." : path.slice(0, slash) || "/";
}
