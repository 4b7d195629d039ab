/** The Deno of each architecture, as the npm registry has it. */

import { run } from "../../tests/lab/process.ts";

/** A machine that there are packages for. */
export interface Machine {
  /** As Debian and OCI call it. */
  readonly arch: "amd64" | "arm64";
  /** As compilers call it. */
  readonly target: string;
  /** The npm package that holds its Deno, and that package's SHA-512. */
  readonly runtime: { readonly name: string; readonly integrity: string };
}

/** Deno's version, for all of them. */
const VERSION = "2.9.6";

/** The machines. */
export const MACHINES: readonly Machine[] = [
  {
    arch: "amd64",
    target: "x86_64-unknown-linux-gnu",
    runtime: {
      name: "@deno/linux-x64-glibc",
      integrity:
        "3md4TKLCuzsLDmfOoC5KN7NAZaxSVkMgm64vg6foD00JBADCpYS2/5QqXfzgnP5ZQz3iLP9vBQJtEgc116OAoQ==",
    },
  },
  {
    arch: "arm64",
    target: "aarch64-unknown-linux-gnu",
    runtime: {
      name: "@deno/linux-arm64-glibc",
      integrity:
        "poqhoH9B3nYloigEMPT5t8HY+wBeiuea1An5Q7fqgJzP0SYmWsoS/oUnWO/pEiA4ofzIBy1Elt/in58xKtxEoQ==",
    },
  },
];

/** The version of Deno that packages bring along. */
export const RUNTIME_VERSION = VERSION;

/** Puts a machine's Deno into a directory, its package checked; gives the path. */
export async function fetchRuntime(
  { arch, runtime: { name, integrity } }: Machine,
  directory: string,
): Promise<string> {
  const path = `${directory}/deno-${arch}`;
  const argv = ["npm", "pack", "--silent", "--pack-destination", directory];
  const { stdout } = await run([...argv, `${name}@${VERSION}`], { timeout: 300_000 });
  const archive = `${directory}/${stdout.trim().split("\n").at(-1)}`;
  const sum = await crypto.subtle.digest("SHA-512", await Deno.readFile(archive));
  if (new Uint8Array(sum).toBase64() !== integrity) {
    throw new Error(`${name}@${VERSION} is not what it was: its SHA-512 differs`);
  }
  await run(["tar", "-xzf", archive, "-C", directory, "package/deno"]);
  await Deno.rename(`${directory}/package/deno`, path);
  await Deno.chmod(path, 0o755);
  await Deno.remove(archive);
  return path;
}
