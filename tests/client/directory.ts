/** A place for profiles. */

/** A directory that does not exist yet, within one that is removed afterwards. */
export function withDirectory(
  test: (dir: string) => void | Promise<void>,
): () => Promise<void> {
  return async () => {
    const parent = Deno.makeTempDirSync({ prefix: "knockd-profiles-" });
    try {
      await test(`${parent}/knockd`);
    } finally {
      Deno.removeSync(parent, { recursive: true });
    }
  };
}

/** The permission bits of a file. */
export const mode = (path: string): number => (Deno.statSync(path).mode ?? 0) & 0o777;
