/** `deno task release`: makes all packages in dist/, the same bytes wherever it runs. */

import { makeDeb } from "./release/deb.ts";
import { npmPackage, PACKAGE_NAME } from "./pack/npm_package.ts";
import { libraries } from "./release/libraries.ts";
import { prepare, type Release } from "./release/release.ts";
import { fetchRuntime, MACHINES } from "./release/runtime.ts";
import { packSelfExtracting } from "./build/compile.ts";
import { billOfMaterials } from "./release/sbom.ts";
import { sign } from "./release/sign.ts";
import { weigh, writeSums } from "./release/sums.ts";

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

async function makeBill(release: Release): Promise<string> {
  const name = `knockd-${release.version}.cdx.json`;
  const bill = billOfMaterials(release, await libraries(), MACHINES);
  await Deno.writeTextFile(`${release.output}/${name}`, bill);
  return name;
}

async function release({ quick, output }: Said): Promise<void> {
  await Deno.mkdir(output, { recursive: true });
  const scratch = await Deno.makeTempDir({ prefix: "knockd-release-" });
  try {
    const release = await prepare({ quick, output, scratch });
    const names = [await makeNpm(output), await makeBill(release)];
    for (const machine of MACHINES) {
      const runtime = await fetchRuntime(machine, scratch);
      const file = `knockd-${release.version}-linux-${machine.arch}`;
      const { target } = machine;
      await packSelfExtracting(
        `${output}/${file}`,
        { path: runtime, target },
        release.program,
      );
      names.push(file, await makeDeb(release, machine, runtime));
    }
    await writeSums(output, names);
    if (!quick) await weigh(output, names);
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
