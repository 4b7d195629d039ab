import assert from "node:assert/strict";
import { V8_FLAGS } from "../../tools/permissions.ts";

const root = new URL("../../", import.meta.url);
const MOST_LINES = 250;

/** Which part may import which; a part may always import itself. */
const ARROWS: Record<string, readonly string[]> = {
  "main.ts": ["lib/cli"],
  "lib/cli": [
    "lib/server",
    "lib/client",
    "lib/doctor",
    "lib/page",
    "lib/setup",
    "lib/config",
    "lib/files",
    "lib/core",
    "lib/version.ts",
  ],
  "lib/server": ["lib/config", "lib/files", "lib/core", "ffi", "lib/version.ts"],
  "lib/client": ["lib/config", "lib/files", "lib/core", "lib/version.ts"],
  "lib/doctor": ["lib/server", "lib/client", "lib/config", "lib/core", "ffi"],
  "lib/page": [],
  "lib/setup": ["lib/config", "lib/core", "lib/version.ts"],
  "lib/config": ["lib/files", "lib/core", "lib/version.ts"],
  "lib/files": ["lib/core"],
  "lib/core": [],
  "lib/version.ts": ["deno.json"],
  "ffi": [],
};

/** What only the shell around the core may touch: the world, the clock, what waits. */
const IMPURE = [
  /\bDeno\./,
  /\bDate\.now\b/,
  /\bnew Date\(\)/,
  /\bperformance\./,
  /\bMath\.random\b/,
  /\bset(Timeout|Interval)\b/,
  /\b(async|await|fetch)\b/,
  /\bconsole\./,
  /\bprocess\./,
];

interface Source {
  readonly path: string;
  readonly text: string;
}

async function read(directory: string): Promise<Source[]> {
  const found: Source[] = [];
  for await (const entry of Deno.readDir(new URL(directory, root))) {
    const path = `${directory}${entry.name}`;
    if (entry.isDirectory) found.push(...await read(`${path}/`));
    if (entry.name.endsWith(".ts")) found.push(await readOne(path));
  }
  return found;
}

async function readOne(path: string): Promise<Source> {
  return { path, text: await Deno.readTextFile(new URL(path, root)) };
}

/** The part of the house that a file belongs to: main.ts, ffi, lib/core and so on. */
function part(path: string): string {
  const [first = "", second] = path.split("/");
  return first === "lib" ? `${first}/${second}` : first;
}

/** The files that a file imports, dynamic and type-only imports included. */
function imports({ path, text }: Source): string[] {
  const specifiers = text.matchAll(/\b(?:from|import)\s*\(?\s*["'](\.[^"']+)["']/g);
  const here = new URL(path, root);
  return [...specifiers].map(([, specifier]) =>
    new URL(specifier!, here).href.slice(root.href.length)
  );
}

/** The packages that a file imports. */
function packages({ text }: Source): string[] {
  const specifiers = text.matchAll(/\b(?:from|import)\s*\(?\s*["']([^."'][^"']*)["']/g);
  return [...specifiers].map(([, specifier]) => specifier!);
}

function withoutCommentsAndStrings(text: string): string {
  return text
    .replaceAll(/\/\*[\s\S]*?\*\//g, "")
    .replaceAll(/"(?:[^"\\\n]|\\.)*"/g, '""')
    .replaceAll(/\/\/.*/g, "");
}

const program = [await readOne("main.ts"), ...await read("lib/"), ...await read("ffi/")];

Deno.test("imports go down only", () => {
  const wrong: string[] = [];
  let arrows = 0;
  for (const source of program) {
    for (const target of imports(source)) {
      arrows += 1;
      const [from, to] = [part(source.path), part(target)];
      if (from !== to && !ARROWS[from]?.includes(to)) {
        wrong.push(`${source.path} imports ${target}`);
      }
    }
  }
  assert.ok(arrows > 0);
  assert.deepEqual(wrong, []);
});

Deno.test("the core touches no world, no clock and never waits", () => {
  const core = program.filter(({ path }) => path.startsWith("lib/core/"));
  assert.ok(core.length > 0);
  const wrong = core.flatMap((source) => {
    const code = withoutCommentsAndStrings(source.text);
    const used = IMPURE.map((pattern) => code.match(pattern)?.[0]).filter(Boolean);
    const node = packages(source).filter((name) => name.startsWith("node:"));
    return [...used, ...node].map((what) => `${source.path} uses ${what}`);
  });
  assert.deepEqual(wrong, []);
});

Deno.test(`no file is longer than ${MOST_LINES} lines`, () => {
  const long = program.map(({ path, text }) => ({ path, lines: text.split("\n").length }))
    .filter(({ lines }) => lines > MOST_LINES + 1)
    .map(({ path, lines }) => `${path} has ${lines - 1} lines`);
  assert.deepEqual(long, []);
});

Deno.test("benchmarks in our own process have the engine's flags of the executable", async () => {
  const { tasks } = JSON.parse(await Deno.readTextFile(new URL("deno.json", root)));
  assert.ok(tasks.bench.command.includes(` ${V8_FLAGS} `), tasks.bench.command);
});
