/** A release as a whole: the same bytes anywhere, its sums, its signature. */
import assert from "node:assert/strict";
import deno from "../../deno.json" with { type: "json" };
import { VERSION } from "../../lib/version.ts";
import { sign } from "../../tools/release/sign.ts";
import { run } from "../lab/process.ts";
import { PACKAGES } from "./packages.ts";

const ROOT = new URL("../../", import.meta.url).pathname;

async function inScratch(act: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "knockd-release-" });
  try {
    await act(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("a release is the same bytes from another checkout, umask and time zone", () =>
  inScratch(async (directory) => {
    const copy = `${directory}/elsewhere/in/a/house`;
    await Deno.mkdir(copy, { recursive: true });
    const tar = 'tar -C "$0" --exclude=./dist -cf - . | tar -C "$1" -xf -';
    await run(["sh", "-c", tar, ROOT, copy], { timeout: 120_000 });
    const release = [Deno.execPath(), "task", "--quiet", "release", "--quick"];
    const argv = ["sh", "-c", 'umask 077; exec "$@"', "sh", ...release];
    await run([...argv, "--output", directory], {
      cwd: copy,
      env: { TZ: "Asia/Kathmandu", LC_ALL: "C" },
      timeout: 900_000,
    });
    const [here, there] = await Promise.all(
      [PACKAGES, directory].map((place) => Deno.readTextFile(`${place}/SHA256SUMS`)),
    );
    assert.equal(there, here);
    await run(["sha256sum", "--check", "--strict", "SHA256SUMS"], { cwd: PACKAGES });
  }));

Deno.test("a signature of the sums holds for them and for nothing else", () =>
  inScratch(async (directory) => {
    const sums = `${directory}/SHA256SUMS`;
    await Deno.copyFile(`${PACKAGES}/SHA256SUMS`, sums);
    const key = `${directory}/key`;
    await run(["minisign", "-G", "-W", "-p", `${key}.pub`, "-s", key]);
    Deno.env.set("MINISIGN_KEY_FILE", key);
    try {
      await sign(directory);
    } finally {
      Deno.env.delete("MINISIGN_KEY_FILE");
    }
    const verify = ["minisign", "-V", "-p", `${key}.pub`, "-m", sums];
    await run(verify);
    await Deno.writeTextFile(sums, "0", { append: true });
    assert.notEqual((await run(verify, { check: false })).code, 0);
  }));

Deno.test("the bill of materials names the runtimes and every library of the program", async () => {
  const text = await Deno.readTextFile(`${PACKAGES}/knockd-${VERSION}.cdx.json`);
  const { components } = JSON.parse(text) as { components: { purl: string }[] };
  const all = components.map(({ purl }) => purl).join("\n");
  for (const library of Object.values(deno.imports)) {
    if (/fast-check|playwright|rollup/.test(library)) continue;
    const purl = library.replace("npm:", "pkg:npm/").replace("npm/@", "npm/%40");
    assert.ok(all.includes(purl), purl);
  }
  assert.match(all, /%40deno\/linux-arm64-glibc@/);
  assert.match(all, /^pkg:deb\/debian\/libpcap0\.8@\S+\?arch=arm64$/m);
});
