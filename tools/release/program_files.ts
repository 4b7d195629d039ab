/** The program where a package or an image has it: Deno unpacked, and a script that runs it. */

import { RUN_FLAGS } from "../build/compile.ts";
import type { Release } from "./release.ts";
import { ROOT } from "./release.ts";
import type { Tree } from "./tree.ts";

const HERE = new URL("deb/", import.meta.url);

/** Puts /usr/bin/knockd and /usr/lib/knockd into a tree. */
export async function addProgram(
  tree: Tree,
  { program }: Release,
  runtime: string,
): Promise<void> {
  await tree.file("usr/bin/knockd", await runScript(), 0o755);
  await tree.copy("usr/lib/knockd/knockd", runtime, 0o755);
  for (const { name, bytes } of program) {
    await tree.file(`usr/lib/knockd/program/${name}`, bytes);
  }
  await tree.link("usr/lib/knockd/knock", "../../bin/knockd");
}

/** It prepares its start as the self-extracting form does. */
async function runScript(): Promise<string> {
  const header = await Deno.readTextFile(`${ROOT}tools/build/header.sh`);
  const [prepare] = header.match(/^prepare\(\) \{$[^]*?^}$/m) ?? [];
  if (prepare === undefined) throw new Error("header.sh has no prepare");
  const text = await Deno.readTextFile(new URL("run.sh", HERE));
  return text.replace("@PREPARE@", () => prepare)
    .replace("@FLAGS@", RUN_FLAGS.join(" "));
}
