import assert from "node:assert/strict";
import packets from "../../docs/packet-v1.vectors.json" with { type: "json" };
import sequences from "../../docs/sequence-v1.vectors.json" with { type: "json" };
import deno from "../../deno.json" with { type: "json" };
import { declarationsOf, functionsOf } from "../../tools/pack/declarations.ts";
import { LIBRARY } from "../../tools/pack/library.ts";
import { npmPackage } from "../../tools/pack/npm_package.ts";
import { formatUri } from "../../lib/core/one_time/otpauth_uri.ts";
import { anEnrolment } from "../core/one_time/enrolments.ts";
import { run } from "../lab/process.ts";
import { programOf, type Unpacked, unpacked } from "./package.ts";
import { wrongVectors } from "./vectors.js";

const FILES = Object.values(LIBRARY);

let made: ReturnType<typeof npmPackage> | undefined;

/** The package, which takes a second to make. */
const once = () => made ??= npmPackage();

Deno.test("the package is the same bytes each time", async () => {
  assert.deepEqual(await once(), await npmPackage());
});

Deno.test("the package has what deno.json exports, and gives every published vector", async () => {
  await using directory = await unpacked(once());
  const modules = Object.keys(deno.exports).filter((name) => name !== ".");
  assert.deepEqual(Object.keys(LIBRARY).sort(), modules.sort());
  const from = (name: string) => import(`file://${directory.library}/${name}.js`);
  const library = Object.assign({}, ...await Promise.all(FILES.map(from)));
  const wrong = await wrongVectors(library, sequences.vectors, packets.vectors);
  assert.deepEqual(wrong, []);
});

Deno.test("the library has 20 kB at most, and nothing of Deno's or Node's", async () => {
  await using directory = await unpacked(once());
  let size = 0;
  for await (const { name } of Deno.readDir(directory.library)) {
    if (!name.endsWith(".js")) continue;
    const text = await Deno.readTextFile(`${directory.library}/${name}`);
    size += text.length;
    assert.doesNotMatch(text, /\bDeno\b|\bnode:|\brequire\(|\bprocess\./, name);
  }
  assert.ok(size > 0 && size <= 20_000, `${size} bytes`);
});

Deno.test("an error that nobody catches shows a piece of the code, and not all of it", async () => {
  await using directory = await unpacked(once());
  const code = await Deno.readTextFile(`${directory.library}/code.js`);
  const longest = Math.max(...code.split("\n").map(({ length }) => length));
  assert.ok(longest <= 1500, `${longest} characters`);
});

Deno.test("programs of the docs are right for TypeScript with the package's types", async () => {
  await using directory = await unpacked(once());
  const texts = await Promise.all(["sequenceAt", "packetAt"].map(programOf));
  for (const text of texts) assert.ok(text.trimEnd().split("\n").length <= 12, text);
  const marked = texts.map((text) =>
    text.replace(/^.*Date\.now\(\) \/ 1000/m, (line) => `// @ts-expect-error\n${line}`)
      .replace("Date.now() / 1000", '"now"')
  );
  assert.equal(await complaint(directory, [...texts, ...marked]), "");
});

/** What the type checker says of programs that have the library. */
async function complaint(
  { library }: Unpacked,
  programs: readonly string[],
): Promise<string> {
  const directory = await Deno.makeTempDir({ prefix: "knockd-programs-" });
  const imports = Object.fromEntries(
    FILES.map((name) => [`knockd/${name}`, `${library}/${name}.js`]),
  );
  await Deno.writeTextFile(`${directory}/deno.json`, JSON.stringify({ imports }));
  const names = programs.map((_, i) => `program${i}.ts`);
  for (const [i, name] of names.entries()) {
    await Deno.writeTextFile(`${directory}/${name}`, programs[i]!);
  }
  const argv = [Deno.execPath(), "check", "--quiet", ...names];
  const { stderr } = await run(argv, { cwd: directory, check: false, timeout: 120_000 });
  await Deno.remove(directory, { recursive: true });
  return stderr;
}

Deno.test("the program starts whatever npm's settings are, and knows the user's home", async () => {
  await using directory = await unpacked(once());
  const { path } = directory;
  const home = `${path}/home`;
  await Deno.mkdir(home);
  await Deno.writeTextFile(`${home}/.npmrc`, "registry=${NOWHERE}\n");
  await Deno.mkdir(`${path}/node_modules/deno`);
  const installed = `exports.runInstall = () => ${JSON.stringify(Deno.execPath())};`;
  await Deno.writeTextFile(`${path}/node_modules/deno/install_api.cjs`, installed);
  const add = ["profile", "add", formatUri(anEnrolment())];
  const argv = ["node", `${path}/node_modules/knockd/knockd.cjs`, ...add];
  const env = { HOME: home, XDG_CACHE_HOME: `${path}/cache`, XDG_CONFIG_HOME: "" };
  assert.match((await run(argv, { env })).stdout, /^added /);
  assert.ok((await Deno.stat(`${home}/.config/knockd/profiles.toml`)).isFile);
});

Deno.test("a declaration has no code, and needs no more than it names", () => {
  const module = `/** The module. */
import { f, type A, type B } from "./other.ts";
import { g } from "../core/g.ts";
/** C. */
export interface C {
  readonly a: A;
}
/** D. */
export async function d(
  { a }: C,
  b?: string,
): Promise<void> {
  f(g(a));
}
function hidden(b: B): void {
  f(b);
}
`;
  const expected = `/** The module. */
import type { A } from "./other.js";

/** C. */
export interface C {
  readonly a: A;
}

/** D. */
export declare function d(
  { a }: C,
  b?: string,
): Promise<void>;
`;
  assert.equal(declarationsOf(module), expected);
  assert.deepEqual(functionsOf(module), ["d"]);
});

Deno.test("declarations do without the names that browsers' types alone have", async () => {
  await using directory = await unpacked(once());
  let keys = 0;
  for (const name of FILES) {
    const text = await Deno.readTextFile(`${directory.library}/${name}.d.ts`);
    if (!/\bCryptoKey\b/.test(text)) continue;
    assert.match(text, /^type CryptoKey = .*\bcrypto\.subtle\./m, name);
    keys++;
  }
  assert.equal(keys, 2);
});
