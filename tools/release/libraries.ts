/** The libraries that are part of the program, by what their packages say of themselves. */

import deno from "../../deno.json" with { type: "json" };
import { run } from "../../tests/lab/process.ts";

/** A library. */
export interface Library {
  readonly name: string;
  readonly version: string;
  /** An SPDX expression. */
  readonly license: string;
  /** The whole text of its licence. */
  readonly text: string;
}

/** What only tests and the build import. */
const NOT_SHIPPED = new Set(["fast-check", "playwright-core", "rollup"]);

/** The libraries, by name; they have to be in Deno's cache, as they are after `deno check`. */
export async function libraries(): Promise<Library[]> {
  const { stdout } = await run([Deno.execPath(), "info", "--json"]);
  const { npmCache } = JSON.parse(stdout) as { npmCache: string };
  const names = Object.entries(deno.imports).filter(([name]) => !NOT_SHIPPED.has(name));
  const found = names.map(([name, specifier]) => {
    const version = specifier.slice(specifier.lastIndexOf("@") + 1);
    return describe(npmCache, name, version);
  });
  return (await Promise.all(found)).toSorted((a, b) => a.name < b.name ? -1 : 1);
}

async function describe(cache: string, name: string, version: string): Promise<Library> {
  for await (const registry of Deno.readDir(cache)) {
    const directory = `${cache}/${registry.name}/${name}/${version}`;
    const text = await Deno.readTextFile(`${directory}/package.json`).catch(() => "");
    if (text === "") continue;
    const { license } = JSON.parse(text) as { license: string };
    return { name, version, license, text: await licenceIn(directory) };
  }
  throw new Error(`${name}@${version} is not in Deno's cache; run deno install`);
}

async function licenceIn(directory: string): Promise<string> {
  for await (const { name } of Deno.readDir(directory)) {
    if (/^licen[cs]e/i.test(name)) return await Deno.readTextFile(`${directory}/${name}`);
  }
  return "";
}

/** Their licences as one text. */
export function licences(all: readonly Library[]): string {
  return all.map(({ name, version, license, text }) =>
    `${name} ${version} (${license})\n\n${text.trim()}\n`
  ).join(`\n${"-".repeat(72)}\n\n`);
}
