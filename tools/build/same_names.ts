/** Names for a program's files that tell nothing of where the program was bundled. */

import { sha256 } from "./self_extracting.ts";
import type { TarFile } from "./tar.ts";

const MAIN = "main.js";
/** What the bundler appends to a name: a hash that the way to the libraries is part of. */
const HASH = /-[A-Z0-9]{8}(?=\.js$)/;

/** The same files by names that follow from what is in them, in the order of their texts. */
export function withSameNames(files: readonly TarFile[]): TarFile[] {
  const plain = new Map(files.map(({ name }) => [name, name.replace(HASH, "")]));
  const sorted = files.map((file) => ({ file, text: renamed(file, plain) }))
    .toSorted((a, b) => a.text < b.text ? -1 : 1)
    .map(({ file }) => file);
  return named(sorted, (name, i) => name.replace(HASH, "").replace(/(?=\.js$)/, `-${i}`));
}

/** The same files by names that no file of another version has. */
export async function withVersion(files: readonly TarFile[]): Promise<TarFile[]> {
  const texts = files.toSorted((a, b) => a.name < b.name ? -1 : 1)
    .map(({ bytes }) => new TextDecoder().decode(bytes));
  const whole = new TextEncoder().encode(texts.join("\0"));
  const version = (await sha256(whole)).slice(0, 8);
  return named(files, (name) => name.replace(/(?=\.js$)/, `-${version}`));
}

function named(
  files: readonly TarFile[],
  nameOf: (name: string, i: number) => string,
): TarFile[] {
  const names = new Map(
    files.map(({ name }, i) => [name, name === MAIN ? MAIN : nameOf(name, i)]),
  );
  return files.map((file) => ({
    ...file,
    name: names.get(file.name)!,
    bytes: new TextEncoder().encode(renamed(file, names)),
  }));
}

function renamed({ bytes }: TarFile, names: ReadonlyMap<string, string>): string {
  const text = new TextDecoder().decode(bytes);
  return text.replaceAll(
    /(?<=["']\.\/)[\w.-]+\.js(?=["'])/g,
    (name) => names.get(name) ?? name,
  );
}
