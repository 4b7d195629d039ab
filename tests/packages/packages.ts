/** The packages under test, as `deno task release` made them, and copies that differ. */

import { VERSION } from "../../lib/version.ts";
import { run } from "../lab/process.ts";

/** Where they are. */
export const PACKAGES: string = Deno.env.get("KNOCKD_TEST_PACKAGES") ??
  new URL("../../dist", import.meta.url).pathname;

/** This machine, as Debian calls it. */
export const ARCH: "amd64" | "arm64" = Deno.build.arch === "aarch64" ? "arm64" : "amd64";

/** The Debian package of this kind of machine. */
export const DEB = `${PACKAGES}/knockd_${VERSION}_${ARCH}.deb`;

/** The one for the other kind. */
export const FOREIGN_DEB = `${PACKAGES}/knockd_${VERSION}_${
  ARCH === "amd64" ? "arm64" : "amd64"
}.deb`;

/** A package of the same files that is a later release; it is not compressed. */
export async function laterDeb(directory: string): Promise<string> {
  const tree = `${directory}/later`;
  const path = `${directory}/knockd_9.0.0_${ARCH}.deb`;
  await run(["dpkg-deb", "-R", DEB, tree]);
  const control = `${tree}/DEBIAN/control`;
  const text = await Deno.readTextFile(control);
  await Deno.writeTextFile(control, text.replace(/^Version: .*/m, "Version: 9.0.0"));
  await run(["dpkg-deb", "-Znone", "-b", tree, path]);
  await Deno.remove(tree, { recursive: true });
  return path;
}

/** A copy in which one byte in the midst differs. */
export async function changedByte(path: string, directory: string): Promise<string> {
  const bytes = await Deno.readFile(path);
  bytes[bytes.length >> 1]! ^= 1;
  const copy = `${directory}/changed.deb`;
  await Deno.writeFile(copy, bytes);
  return copy;
}
