/** Places for a journal in a test that is not about disks. */

/** Where a file needs no disk to be durable; undefined where there is no such place. */
const inMemory = await Deno.stat("/dev/shm").then(() => "/dev/shm", () => undefined);

/** A new directory, in memory: a journal that waits for a disk would tell nothing more. */
export function memoryDirectory(): Promise<string> {
  return Deno.makeTempDir({ prefix: "knockd-", ...(inMemory && { dir: inMemory }) });
}

/** Runs a test with the path of a directory that there is not yet. */
export async function withStateDirectory(
  test: (directory: string) => Promise<void> | void,
): Promise<void> {
  const parent = await memoryDirectory();
  try {
    await test(`${parent}/state`);
  } finally {
    await Deno.remove(parent, { recursive: true });
  }
}
