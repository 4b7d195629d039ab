import assert from "node:assert/strict";
import { initCommand } from "../../lib/cli/init.ts";
import { loadConfigOrThrow } from "../../lib/config/load.ts";
import { inDirectory } from "../config/files.ts";
import { withGate } from "./enrolling.ts";
import { type Outcome, runSubcommand } from "./program.ts";

/** Runs what ends before there are units, as root would. */
async function init(...args: string[]): Promise<Outcome> {
  const { uid } = Deno;
  Deno.uid = () => 0;
  try {
    return await runSubcommand(initCommand(), ["--host", "example.org", ...args]);
  } finally {
    Deno.uid = uid;
  }
}

Deno.test(
  "a client that only a human can add is shown, and no success",
  withGate(async ({ config }) => {
    const { code, stdout, stderr } = await init("-c", config, "--client", "me");
    assert.equal(code, 1);
    assert.match(stdout, /^otpauth:.*\n$/);
    const [, line = ""] = /Add this, within the braces .*:\n\n(.*)\n/.exec(stderr) ?? [];
    assert.match(stderr, /was not changed.*\nknockd: hint: .* call this again\n$/);
    assert.doesNotMatch(stderr, /units|--trial/);
    // What it says to do makes a config that knows the client.
    const text = Deno.readTextFileSync(config).replace("{}", `{}, ${line}`);
    Deno.writeTextFileSync(config, text);
    const { config: changed } = await loadConfigOrThrow(config);
    const [door] = changed.doors;
    const names = door?.key.kind === "otp"
      ? door.key.clients.map(({ name }) => name)
      : [];
    assert.deepEqual(names, ["me"]);
  }, "[doors]\nssh = { open = 22, otp = {} }\n"),
);

Deno.test("a file, or a link to nothing, in the place of the config's directory is named", () =>
  inDirectory(async (directory) => {
    Deno.writeTextFileSync(`${directory}/file`, "");
    Deno.symlinkSync("/nonexistent/directory", `${directory}/link`);
    for (const name of ["file", "link"]) {
      const { code, stderr } = await init("-c", `${directory}/${name}/knock.toml`);
      assert.equal(code, 1);
      const said = `knockd: error: ${directory}/${name} is no directory\nknockd: hint: `;
      assert.ok(stderr.startsWith(said), stderr);
    }
    const { stderr } = await init("-c", `${directory}/file/below/knock.toml`);
    assert.match(stderr, /^knockd: error: .*: the directory can't be made: Not a dir/);
  }));

for (
  const [args, error] of [
    [["-c", "k.conf"], /k\.conf: the config is TOML, and only a file whose name ends in/],
    [["-c", "knock"], /knock: the config is TOML/],
    ...["constructor", "__proto__", "prototype"].map((name) =>
      [[name], new RegExp(`a door of knock.toml can't be called ${name}`)] as const
    ),
    [["--client", "constructor"], /a client can't be called constructor/],
    [["--client", ".x"], /a client's name has 1 to 64 .*, the first a letter or digit/],
  ] as const
) {
  Deno.test(`init writes nothing that could not be read: ${args.join(" ")}`, () =>
    inDirectory(async (directory) => {
      const named = args.map((arg) => /^k/.test(arg) ? `${directory}/new/${arg}` : arg);
      const config = args[0] === "-c" ? [] : ["-c", `${directory}/new/knock.toml`];
      const { code, stdout, stderr } = await init(...named, ...config);
      assert.deepEqual([code, stdout], [2, ""], stderr);
      assert.match(stderr, error);
      assert.match(stderr, /^knockd: hint: /m);
      assert.deepEqual([...Deno.readDirSync(directory)], []);
    }));
}
