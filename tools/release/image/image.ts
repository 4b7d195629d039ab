/** The container image: Debian's libraries and knockd as its package has it, one layer. */

import { run } from "../../../tests/lab/process.ts";
import { sha256 } from "../../build/self_extracting.ts";
import { libraries, licences } from "../libraries.ts";
import { addProgram } from "../program_files.ts";
import type { Release } from "../release.ts";
import type { Machine } from "../runtime.ts";
import type { Tree } from "../tree.ts";
import { imageArchive } from "./layout.ts";

const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const SECOND = 1e9;

/** Makes the image upon a root of Debian's, which it takes; gives its name. */
export async function makeImage(
  release: Release,
  { arch }: Machine,
  runtime: string,
  tree: Tree,
): Promise<string> {
  await addProgram(tree, release, runtime);
  await tree.link("usr/bin/knock", "knockd");
  await tree.file("usr/share/doc/knockd/copyright", licences(await libraries()));
  for (const folder of ["etc/knockd", "var/lib/knockd"]) await tree.folder(folder, 0o700);
  const archive = await imageArchive({
    ...await layer(tree, release),
    config: imageConfig(release, arch),
    reference: `localhost/knockd:${release.version}`,
  });
  await Deno.remove(tree.root, { recursive: true });
  const name = `knockd-${release.version}-image-${arch}.oci.tar`;
  await Deno.writeFile(`${release.output}/${name}`, archive);
  return name;
}

/** What is run, with what around it. */
function imageConfig({ version, date }: Release, architecture: string) {
  const created = new Date(date * 1000).toISOString();
  return {
    architecture,
    os: "linux",
    created,
    config: {
      Env: [`PATH=${PATH}`],
      Entrypoint: ["/usr/bin/knockd"],
      Cmd: ["serve", "--config", "/etc/knockd/knock.toml"],
      Healthcheck: {
        Test: ["CMD", "/usr/bin/knockd", "status"],
        Interval: 30 * SECOND,
        Timeout: 10 * SECOND,
        StartPeriod: 10 * SECOND,
        Retries: 3,
      },
      Volumes: { "/var/lib/knockd": {} },
      Labels: {
        "org.opencontainers.image.title": "knockd",
        "org.opencontainers.image.version": version,
        "org.opencontainers.image.licenses": "MIT",
      },
    },
    history: [{ created, created_by: `knockd ${version}` }],
  };
}

/** The tree as a layer: what is in it belongs to root and bears the release's date. */
async function layer({ root }: Tree, { date, scratch, quick }: Release) {
  const path = `${scratch}/layer.tar`;
  await run([
    ...["tar", "--create", "--file", path, "--directory", root, "--sort=name"],
    ...[`--mtime=@${date}`, "--owner=0", "--group=0", "--numeric-owner"],
    ...["--format=gnu", "."],
  ], { env: { LC_ALL: "C" }, timeout: 120_000 });
  const unpacked = await sha256(await Deno.readFile(path));
  await run(["gzip", "--no-name", quick ? "-1" : "-9", path], { timeout: 300_000 });
  const bytes = await Deno.readFile(`${path}.gz`);
  await Deno.remove(`${path}.gz`);
  return { layer: bytes, unpacked };
}
