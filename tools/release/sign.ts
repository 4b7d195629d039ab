/** Signs the sums with a key of minisign's, if there is one. */

import { run } from "../../tests/lab/process.ts";

const KEY = "MINISIGN_KEY_FILE";
const PASSWORD = "MINISIGN_PASSWORD";

/** Signs SHA256SUMS in a directory with the key that the environment names. */
export async function sign(directory: string): Promise<void> {
  const key = Deno.env.get(KEY);
  if (key === undefined) {
    console.log(`not signed: ${KEY} names no key`);
    return;
  }
  const argv = ["minisign", "-S", "-s", key, "-m", `${directory}/SHA256SUMS`];
  // A comment without the time of day: it is signed, and the same each time.
  await run([...argv, "-t", "knockd"], {
    stdin: `${Deno.env.get(PASSWORD) ?? ""}\n`,
  });
  console.log("signed: SHA256SUMS.minisig");
}
