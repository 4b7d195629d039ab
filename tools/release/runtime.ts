/** The Deno of each architecture, as the npm registry has it. */

import { run } from "../../tests/lab/process.ts";

/** An npm package that holds a Deno, and that package's SHA-512. */
export interface PackedRuntime {
  readonly name: string;
  readonly integrity: string;
}

/** A machine that there are packages for. */
export interface Machine {
  /** As Debian and OCI call it. */
  readonly arch: "amd64" | "arm64";
  /** As compilers call it. */
  readonly target: string;
  readonly runtime: PackedRuntime;
}

/** Deno's version, for all of them. */
const VERSION = "2.9.6";

/** Deno for each target that `deno compile` knows. */
export const RUNTIMES = {
  "x86_64-unknown-linux-gnu": {
    name: "@deno/linux-x64-glibc",
    integrity:
      "3md4TKLCuzsLDmfOoC5KN7NAZaxSVkMgm64vg6foD00JBADCpYS2/5QqXfzgnP5ZQz3iLP9vBQJtEgc116OAoQ==",
  },
  "aarch64-unknown-linux-gnu": {
    name: "@deno/linux-arm64-glibc",
    integrity:
      "poqhoH9B3nYloigEMPT5t8HY+wBeiuea1An5Q7fqgJzP0SYmWsoS/oUnWO/pEiA4ofzIBy1Elt/in58xKtxEoQ==",
  },
  "x86_64-apple-darwin": {
    name: "@deno/darwin-x64",
    integrity:
      "tPi3CWPRdjW1MaWlvWjORE7Ass5SADdWdj1BF1Q1PEdzi+5u/mC5YhmZzniMiPr81PpaFeqjXaLAsfb8lFsZ0Q==",
  },
  "aarch64-apple-darwin": {
    name: "@deno/darwin-arm64",
    integrity:
      "V8uO1Aolrl/yvdMb5lOtgtigs8YuZBjrOrgviVMiYkQ0swymFfzkae1wZak4Xi24t7vf7d/eiMb/7ryjjVm+tg==",
  },
  "x86_64-pc-windows-msvc": {
    name: "@deno/win32-x64",
    integrity:
      "qRGnmVz/Ea6UWPht/S3xFRK17UZ/ls38DSVfgGB17fpASLxPkksqzWUI/BzL9YYoOknYzfc94mySGyInZu/JXw==",
  },
  "aarch64-pc-windows-msvc": {
    name: "@deno/win32-arm64",
    integrity:
      "iHSHs89g2Uy6k0bGHmXkgzTIW8WXImYPpvqRRO/zNsK1/N79PcjvAth1TuQatuIALcLdocstPs/PAYtndbfr0A==",
  },
} as const satisfies Record<string, PackedRuntime>;

/** The machines. */
export const MACHINES: readonly Machine[] = [
  { arch: "amd64", ...forTarget("x86_64-unknown-linux-gnu") },
  { arch: "arm64", ...forTarget("aarch64-unknown-linux-gnu") },
];

function forTarget(target: keyof typeof RUNTIMES) {
  return { target, runtime: RUNTIMES[target] };
}

/** The version of Deno that packages bring along. */
export const RUNTIME_VERSION = VERSION;

/** Puts a Deno into a directory, its package checked; gives the path. */
export async function fetchRuntime(
  { name, integrity }: PackedRuntime,
  directory: string,
): Promise<string> {
  const file = name.startsWith("@deno/win32") ? "deno.exe" : "deno";
  const path = `${directory}/${name.replace("@deno/", "deno-")}`;
  const argv = ["npm", "pack", "--silent", "--pack-destination", directory];
  const { stdout } = await run([...argv, `${name}@${VERSION}`], { timeout: 300_000 });
  const archive = `${directory}/${stdout.trim().split("\n").at(-1)}`;
  const sum = await crypto.subtle.digest("SHA-512", await Deno.readFile(archive));
  if (new Uint8Array(sum).toBase64() !== integrity) {
    throw new Error(`${name}@${VERSION} is not what it was: its SHA-512 differs`);
  }
  await run(["tar", "-xzf", archive, "-C", directory, `package/${file}`]);
  await Deno.rename(`${directory}/package/${file}`, path);
  await Deno.chmod(path, 0o755);
  await Deno.remove(archive);
  return path;
}
