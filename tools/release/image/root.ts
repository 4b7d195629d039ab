/** The file system of the image, but for knockd: some packages of Debian's, unpacked. */

import { run } from "../../../tests/lab/process.ts";
import type { Machine } from "../runtime.ts";
import { Tree } from "../tree.ts";

/** A package of Debian's in the image. */
export interface DebianPackage {
  readonly name: string;
  readonly version: string;
  /** As Debian calls it; `all` where it is the same for all. */
  readonly arch: string;
}

const SUITE = "bookworm";
// The daemon's libraries, and what doors' commands are mostly made of.
const PACKAGES = [
  ...["base-files", "busybox", "libc6", "libgcc-s1", "libpcap0.8", "libnftables1"],
  ...["conntrack", "iptables", "nftables"],
].join(",");
/** Where programs that look for known holes read what an image without dpkg has. */
const STATUS = "var/lib/dpkg/status.d";
const NOTE_PACKAGES = `mkdir -p "$1/${STATUS}"
for deb in "$1"/var/cache/apt/archives/*.deb; do
  dpkg-deb -f "$deb" >"$1/${STATUS}/$(dpkg-deb -f "$deb" Package)"
done`;
/** What no program here reads. Licences stay. */
const LEFT_OUT = [
  ...["./dev/*", "./etc/apt", "./var/cache/*", "./var/lib/apt", "./var/log/*"],
  ...["./var/lib/dpkg/[!s]*", "./var/lib/dpkg/status", "./usr/share/man"],
  ...["./usr/share/info", "./usr/share/locale", "./usr/share/lintian"],
  ...["./usr/lib/*/gconv", "./usr/share/doc/*/[!c]*", "./usr/share/doc/*/changelog*"],
];
/** Of busybox, what commands and their scripts ask for. */
const TOOLS = [
  ..."ash cat chmod cp cut date echo env expr false flock grep head hostname id".split(
    " ",
  ),
  ..."kill ln logger ls mkdir mktemp mv nc ps printf readlink rm rmdir sed".split(" "),
  ..."sh sleep sort stat tail tee test timeout touch tr true wc wget xargs".split(" "),
];
const USERS =
  "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534::/nonexistent:/bin/false\n";

/** Unpacks Debian's packages for a machine into a directory below another. */
export async function debianRoot(
  { arch }: Machine,
  scratch: string,
  date: number,
): Promise<Tree> {
  const directory = `${scratch}/image-${arch}`;
  const archive = `${directory}.tar`;
  await run([
    ...["mmdebstrap", "--quiet", "--variant=extract", `--arch=${arch}`],
    ...[`--include=${PACKAGES}`, `--extract-hook=${NOTE_PACKAGES}`, SUITE, archive],
  ], { env: { SOURCE_DATE_EPOCH: String(date) }, timeout: 400_000 });
  const tree = new Tree(directory);
  await tree.folder("");
  const without = LEFT_OUT.map((path) => `--exclude=${path}`);
  await run([
    ...["tar", "--extract", "--file", archive, "--directory", directory],
    ...["--no-same-owner", "--same-permissions", "--wildcards", ...without],
  ], { timeout: 120_000 });
  await Deno.remove(archive);
  await addWhatScriptsMake(tree);
  return tree;
}

/** Packages that are unpacked and no more lack what their scripts would have made. */
async function addWhatScriptsMake(tree: Tree): Promise<void> {
  await tree.file("etc/passwd", USERS);
  await tree.file("etc/group", "root:x:0:\nnogroup:x:65534:\n");
  for (const tool of TOOLS) await tree.link(`bin/${tool}`, "busybox");
  for (const name of ["iptables", "ip6tables"]) {
    await tree.link(`usr/sbin/${name}`, "xtables-nft-multi");
  }
}

/** The packages that a root has. */
export async function packagesOf({ root }: Tree): Promise<DebianPackage[]> {
  const found: DebianPackage[] = [];
  for await (const { name } of Deno.readDir(`${root}/${STATUS}`)) {
    const text = await Deno.readTextFile(`${root}/${STATUS}/${name}`);
    const field = (key: string) => text.match(RegExp(`^${key}: (.*)$`, "m"))![1]!;
    found.push({ name, version: field("Version"), arch: field("Architecture") });
  }
  return found.toSorted((a, b) => a.name < b.name ? -1 : 1);
}
