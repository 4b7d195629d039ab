/** `deno task release`: makes all packages in dist/, the same bytes wherever it runs. */

import { makeDeb } from "./release/deb.ts";
import { makeImage } from "./release/image/image.ts";
import { type DebianPackage, debianRoot, packagesOf } from "./release/image/root.ts";
import { npmPackage, PACKAGE_NAME } from "./pack/npm_package.ts";
import { libraries } from "./release/libraries.ts";
import { provision } from "./provision.ts";
import { prepare, type Release } from "./release/release.ts";
import { fetchRuntime, type Machine, MACHINES } from "./release/runtime.ts";
import { packSelfExtracting } from "./build/compile.ts";
import { billOfMaterials } from "./release/sbom.ts";
import { sign } from "./release/sign.ts";
import { weigh, writeSums } from "./release/sums.ts";
import type { Tree } from "./release/tree.ts";

const USAGE = `usage: deno task release [--quick] [--output DIRECTORY]

  --quick               pack quickly rather than small, to try things
  --output DIRECTORY    default: dist

SOURCE_DATE_EPOCH is the date that all files bear (default: that of the last commit).
MINISIGN_KEY_FILE is the secret key to sign SHA256SUMS with.`;

interface Said {
  quick: boolean;
  output: string;
}

function parse(args: readonly string[]): Said | undefined {
  const said = { quick: false, output: new URL("../dist", import.meta.url).pathname };
  for (let i = 0; i < args.length; i++) {
    if (args[i] === "--quick") said.quick = true;
    else if (args[i] === "--output" && args[i + 1]) said.output = args[++i]!;
    else return undefined;
  }
  return said;
}

async function makeNpm(output: string): Promise<string> {
  await Deno.writeFile(`${output}/${PACKAGE_NAME}`, await npmPackage());
  return PACKAGE_NAME;
}

async function makeBill(
  release: Release,
  debian: readonly DebianPackage[],
): Promise<string> {
  const name = `knockd-${release.version}.cdx.json`;
  const bill = billOfMaterials(release, await libraries(), MACHINES, debian);
  await Deno.writeTextFile(`${release.output}/${name}`, bill);
  return name;
}

/** Everything for one kind of machine; gives the names, and what of Debian's is in them. */
async function makeFor(release: Release, machine: Machine, tree: Tree) {
  const { scratch, output, version, program } = release;
  const runtime = await fetchRuntime(machine.runtime, scratch);
  const debian = await packagesOf(tree);
  const file = `knockd-${version}-linux-${machine.arch}`;
  const { target } = machine;
  await packSelfExtracting(`${output}/${file}`, { path: runtime, target }, program);
  const deb = await makeDeb(release, machine, runtime);
  const image = await makeImage(release, machine, runtime, tree);
  return { names: [file, deb, image], debian };
}

async function release({ quick, output }: Said): Promise<void> {
  await provision("release");
  await Deno.mkdir(output, { recursive: true });
  const scratch = await Deno.makeTempDir({ prefix: "knockd-release-" });
  try {
    const release = await prepare({ quick, output, scratch });
    const names = [await makeNpm(output)];
    const debian: DebianPackage[] = [];
    const trees = await Promise.all(
      MACHINES.map((machine) => debianRoot(machine, scratch, release.date)),
    );
    for (const [i, machine] of MACHINES.entries()) {
      const made = await makeFor(release, machine, trees[i]!);
      names.push(...made.names);
      debian.push(...made.debian);
    }
    names.push(await makeBill(release, debian));
    await writeSums(output, names);
    // The npm package is as small when it is made quickly.
    await weigh(output, quick ? [PACKAGE_NAME] : names);
    await sign(output);
  } finally {
    await Deno.remove(scratch, { recursive: true });
  }
}

const said = parse(Deno.args);
if (said === undefined) {
  console.error(USAGE);
  Deno.exit(Deno.args[0] === "--help" ? 0 : 2);
}
try {
  await release(said);
} catch (error) {
  console.error(`release: error: ${(error as Error).message}`);
  Deno.exit(1);
}
