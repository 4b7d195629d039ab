/** The Debian package: knockd's program, its Deno, and what Debian's packages have besides. */

import { createHash } from "node:crypto";
import { run } from "../../tests/lab/process.ts";
import { libraries, licences } from "./libraries.ts";
import { addProgram } from "./program_files.ts";
import { knockdSays, type Release, ROOT } from "./release.ts";
import type { Machine } from "./runtime.ts";
import { packagedGuard, packagedScript, packagedUnit } from "./services.ts";
import { Tree } from "./tree.ts";

const SCRIPTS = ["preinst", "postinst", "prerm", "postrm"];
const CONFFILES = ["/etc/init.d/knockd", "/etc/logrotate.d/knockd"];
const MANUALS = ["knock.1", "knock.toml.5", "knockd-protocol.7", "knockd.8"];
const COMPLETIONS = {
  bash: "usr/share/bash-completion/completions/knockd",
  zsh: "usr/share/zsh/vendor-completions/_knockd",
  fish: "usr/share/fish/vendor_completions.d/knockd.fish",
};
const EMAIL = "knockd@packages.debian.org";

/** Makes the package in the release's output; gives its name. */
export async function makeDeb(
  release: Release,
  { arch }: Machine,
  runtime: string,
): Promise<string> {
  const tree = new Tree(`${release.scratch}/deb-${arch}-${release.version}`);
  await addProgram(tree, release, runtime);
  // Where Debian's package has it: drop-ins, scripts and crontabs name it so.
  await tree.link("usr/sbin/knockd", "../bin/knockd");
  await addServices(tree);
  await addDocs(tree, release);
  await addControl(tree, release, arch);
  const name = `knockd_${release.version}_${arch}.deb`;
  const small = release.quick ? ["-z0"] : ["-z9"];
  await run([
    ...["dpkg-deb", "--root-owner-group", "--threads-max=1", "-Zxz", ...small],
    ...["--build", tree.root, `${release.output}/${name}`],
  ], { env: { SOURCE_DATE_EPOCH: String(release.date) }, timeout: 900_000 });
  await Deno.remove(tree.root, { recursive: true });
  return name;
}

async function addServices(tree: Tree): Promise<void> {
  await tree.file("usr/lib/knockd/serve", await own("serve.sh"), 0o755);
  await tree.file("lib/systemd/system/knockd.service", packagedUnit());
  await tree.file("lib/systemd/system/knockd-guard.service", packagedGuard());
  await tree.file("etc/init.d/knockd", packagedScript(), 0o755);
  await tree.file("etc/logrotate.d/knockd", await own("logrotate"));
  // Secrets, and who knocked when: for root alone.
  for (const folder of ["etc/knockd", "var/lib/knockd", "var/cache/knockd"]) {
    await tree.folder(folder, 0o700);
  }
}

async function addDocs(tree: Tree, release: Release): Promise<void> {
  for (const page of MANUALS) {
    const [section] = page.split(".").slice(-1);
    const text = await knockdSays("man", page);
    await tree.packed(`usr/share/man/man${section}/${page}.gz`, text);
  }
  for (const [shell, path] of Object.entries(COMPLETIONS)) {
    await tree.file(path, await knockdSays("completions", shell));
  }
  const docs = "usr/share/doc/knockd";
  await tree.packed(`${docs}/changelog.gz`, changelog(release));
  await tree.packed(`${docs}/NEWS.gz`, await Deno.readTextFile(`${ROOT}CHANGELOG.md`));
  await tree.file(`${docs}/third-party.txt`, licences(await libraries()));
  await tree.file(`${docs}/copyright`, await copyright());
  await tree.file("usr/share/lintian/overrides/knockd", await own("lintian-overrides"));
}

async function copyright(): Promise<string> {
  const licence = await Deno.readTextFile(`${ROOT}LICENSE`);
  const lines = licence.trim().split("\n").slice(4);
  const mit = lines.map((line) => line === "" ? " ." : ` ${line}`).join("\n");
  return (await own("copyright")).replace("@MIT@", () => mit);
}

/** Debian's kind of changelog, which says no more than which release this is. */
function changelog({ version, date }: Release): string {
  const day = new Date(date * 1000).toUTCString().replace("GMT", "+0000");
  return `knockd (${version}) unstable; urgency=medium

  * Release ${version}; NEWS.gz says what it changes.

 -- The knockd authors <${EMAIL}>  ${day}
`;
}

async function addControl(tree: Tree, release: Release, arch: string): Promise<void> {
  const { sums, bytes } = await measure(tree.root);
  const values: Record<string, string> = {
    VERSION: release.version,
    ARCH: arch,
    EMAIL,
    SIZE: String(Math.ceil(bytes / 1024)),
  };
  const control = (await own("control")).replaceAll(
    /@([A-Z]+)@/g,
    (_, name) => values[name]!,
  );
  await tree.file("DEBIAN/control", control);
  await tree.file("DEBIAN/md5sums", sums);
  await tree.file("DEBIAN/conffiles", `${CONFFILES.join("\n")}\n`);
  for (const name of SCRIPTS) await tree.file(`DEBIAN/${name}`, await own(name), 0o755);
}

/** The MD5 of each file, as dpkg --verify wants them, and how much they are. */
async function measure(root: string): Promise<{ sums: string; bytes: number }> {
  const lines: string[] = [];
  let total = 0;
  for (const path of (await filesBelow(root)).toSorted()) {
    const bytes = await Deno.readFile(`${root}/${path}`);
    total += bytes.length;
    if (CONFFILES.includes(`/${path}`)) continue;
    lines.push(`${createHash("md5").update(bytes).digest("hex")}  ${path}\n`);
  }
  return { sums: lines.join(""), bytes: total };
}

async function filesBelow(root: string, below = ""): Promise<string[]> {
  const files: string[] = [];
  for await (const { name, isDirectory, isFile } of Deno.readDir(`${root}/${below}`)) {
    const path = below === "" ? name : `${below}/${name}`;
    if (isDirectory) files.push(...await filesBelow(root, path));
    if (isFile) files.push(path);
  }
  return files;
}

function own(name: string): Promise<string> {
  return Deno.readTextFile(new URL(`deb/${name}`, import.meta.url));
}
