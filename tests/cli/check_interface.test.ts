import assert from "node:assert/strict";
import { checkCommand } from "../../lib/cli/check.ts";
import { configReader } from "../../lib/server/read_config.ts";
import { inDirectory } from "../config/files.ts";
import { runSubcommand } from "./program.ts";

const DOOR = '[doors.a]\nsequence = "7000,8000,9000"\ncommand = "true"\n';

Deno.test("check warns of an interface that is not there, and says which are", () =>
  inDirectory(async (directory) => {
    const path = `${directory}/knock.toml`;
    await Deno.writeTextFile(path, `[options]\ninterface = ["lo", "nosuch0"]\n${DOOR}`);
    const { code, stderr } = await runSubcommand(checkCommand(), ["-c", path]);
    assert.equal(code, 0);
    const warnings = stderr.split("\n").filter((line) => line.includes("warning"));
    assert.equal(warnings.length, 1, stderr);
    assert.match(
      warnings[0]!,
      /knock\.toml: there is no interface nosuch0 now; the daemon waits for it \(there are /,
    );
    await Deno.writeTextFile(path, `[options]\ninterface = "any"\n${DOOR}`);
    const any = await runSubcommand(checkCommand(), ["-c", path]);
    assert.doesNotMatch(any.stderr, /warning/);
  }));

Deno.test("an interface that can't be is refused on the command line as in a config", () =>
  inDirectory(async (directory) => {
    const config = `${directory}/knock.toml`;
    await Deno.writeTextFile(config, DOOR);
    for (const name of ["", '"eth0"', "eth0,eth1", "eth0@if12"]) {
      const read = configReader({ config, interface: name });
      await assert.rejects(read(() => {}), { name: "UsageError" }, name);
    }
  }));
