/** What is made for Windows, where it is not run. */
import assert from "node:assert/strict";
import { packForWindows } from "../../tools/build/windows.ts";

Deno.test("the archive for Windows has a script, a Deno and the program", async () => {
  const directory = await Deno.makeTempDir({ prefix: "knockd-windows-" });
  try {
    const [archive, runtime] = [`${directory}/a.tar.gz`, `${directory}/runtime`];
    await Deno.writeTextFile(runtime, "MZ");
    await packForWindows(archive, runtime);
    const tar = async (...args: string[]) => {
      const { stdout } = await new Deno.Command("tar", { args }).output();
      return new TextDecoder().decode(stdout);
    };
    const names = (await tar("-tzf", archive)).trim().split("\n");
    assert.deepEqual(names.slice(0, 2), ["knockd/knockd.cmd", "knockd/deno.exe"]);
    assert.ok(names.includes("knockd/program/main.js"));
    assert.equal(await tar("-xOzf", archive, "knockd/deno.exe"), "MZ");
    const script = await tar("-xOzf", archive, "knockd/knockd.cmd");
    assert.match(script, /"%~dp0deno\.exe" run .*"%~dp0program\\main\.js" %\*\r\n$/);
    assert.match(script, /\\knockd\\deno"\r\n/);
    assert.ok(!/[^\r]\n/.test(script), "its lines end as on Windows");
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
