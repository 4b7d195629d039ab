/** Names for a program's files that tell nothing of where the program was bundled. */

import { sha256 } from "./self_extracting.ts";
import type { TarFile } from "./tar.ts";

const MAIN = "main.js";
/** What the bundler appends to a name: a hash that the way to the libraries is part of. */
const HASH = /-[A-Z0-9]{8}(?=\.js$)/;

/**
 * The same files by names that follow from what is in all of them: no file of another
 * version has the name of one of these.
 */
export async function withSameNames(files: readonly TarFile[]): Promise<TarFile[]> {
  const plain = new Map(files.map(({ name }) => [name, name.replace(HASH, "")]));
  const masked = files.map((file) => ({ file, text: renamed(file, plain) }))
    .toSorted((a, b) => a.text < b.text ? -1 : 1);
  const whole = new TextEncoder().encode(masked.map(({ text }) => text).join("\0"));
  const version = (await sha256(whole)).slice(0, 8);
  const names = new Map(masked.map(({ file: { name } }, i) => [
    name,
    name === MAIN ? MAIN : `${name.replace(HASH, "").slice(0, -3)}-${version}-${i}.js`,
  ]));
  return masked.map(({ file }) => ({
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
