/** The npm package, installed from its file as a user does. */
import assert from "node:assert/strict";
import { VERSION } from "../../lib/version.ts";
import { run } from "../lab/process.ts";
import { PACKAGES } from "./packages.ts";

Deno.test("the npm package runs knockd, and is a library", async () => {
  const directory = await Deno.makeTempDir({ prefix: "knockd-npm-" });
  try {
    const here = { cwd: directory, timeout: 240_000 };
    const file = `${PACKAGES}/knockd-${VERSION}.tgz`;
    await run(["npm", "install", "--silent", "--no-audit", "--no-fund", file], here);
    const npx = (args: string[], check = true) =>
      run(["npx", "--no-install", "knockd", ...args], { ...here, check });

    assert.equal((await npx(["--version"])).stdout, `knockd ${VERSION}\n`);
    assert.equal((await npx(["knock", "127.0.0.1", "7000", "8000:udp"])).code, 0);
    const wrong = await npx(["knock", "127.0.0.1", "no-port"], false);
    assert.equal(wrong.code, 2);
    assert.match(wrong.stderr, /^knockd: error: /);

    const program = 'import("knockd/packet").then((it) => console.log(Object.keys(it)))';
    assert.match((await run(["node", "-e", program], here)).stdout, /packetAt/);

    const notices = `${directory}/node_modules/knockd/third-party.txt`;
    assert.match(await Deno.readTextFile(notices), /^commander .* \(MIT\)$/m);

    const deno = `${directory}/node_modules/deno`;
    await Deno.remove(deno, { recursive: true });
    const without = await npx(["--version"], false);
    assert.equal(without.code, 1);
    assert.match(without.stderr, /error: there is no Deno here: .*\n.*hint: npm install/);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
