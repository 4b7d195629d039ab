import assert from "node:assert/strict";
import { main } from "../../lib/cli/main.ts";
import {
  CLIENT_WORDS,
  DOOR_WORDS,
  FLEET_WORDS,
  OPTION_WORDS,
  OTP_WORDS,
} from "../../lib/config/toml/words.ts";
import { outcomeOf } from "./program.ts";

const PAGES = ["knockd.8", "knock.1", "knock.toml.5", "knockd-protocol.7"];

async function output(argv: readonly string[]): Promise<string> {
  const [program, ...args] = argv;
  const { stdout, stderr } = await new Deno.Command(program!, { args }).output();
  return new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
}

for (const page of PAGES) {
  Deno.test(`mandoc has nothing to say against ${page}`, async () => {
    const directory = await Deno.makeTempDir();
    try {
      const file = `${directory}/${page}`;
      await Deno.writeTextFile(file, (await outcomeOf(() => main(["man", page]))).stdout);
      const lint = await output(["mandoc", "-Tlint", file]);
      // Whether other pages are installed is not the page's fault.
      const said = lint.split("\n").filter((line) =>
        line !== "" && !/referenced manual not found|mandoc\.db/.test(line)
      );
      assert.deepEqual(said, []);
      assert.match(await output(["mandoc", "-Thtml", file]), /id="NAME"/);
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  });
}

Deno.test("knock.toml(5) has each key of each table", async () => {
  const { stdout } = await outcomeOf(() => main(["man", "knock.toml"]));
  const told = [...stdout.matchAll(/^\.It Cm (\S+)$/gm)].map(([, key]) => key).sort();
  const tables = [OPTION_WORDS, DOOR_WORDS, OTP_WORDS, CLIENT_WORDS, FLEET_WORDS];
  assert.deepEqual(told, tables.flatMap((words) => Object.keys(words)).sort());
});

Deno.test("knockd(8) has the defaults, and brackets around what may be left out", async () => {
  const { stdout } = await outcomeOf(() => main(["man", "knockd.8"]));
  const of = (command: string) =>
    stdout.split(`.Ss knockd ${command}\n`)[1]?.split(".Ss ")[0];
  assert.match(of("check")!, /\nThe config\.\nDefault: \/etc\/knockd\/knock\.toml\./);
  assert.match(of("service")!, /\nDefault: systemd\.\n/);
  assert.match(of("fleet")!, /\nDefault: prod\.\n/);
  assert.match(of("status")!, /^\.It Fl "-metrics" Op Ar "format"$/m);
});

Deno.test("no manual begins a sentence with a word that is to be typed as it is", async () => {
  const typed = [
    "up",
    "down",
    "init",
    "systemd",
    "bash",
    "packet",
    "text",
    "tcp",
    "totp",
  ];
  for (const name of PAGES) {
    const { stdout } = await outcomeOf(() => main(["man", name]));
    const first = stdout.split("\n").map((line) => /^[A-Z]\w+/.exec(line)?.[0] ?? "");
    assert.deepEqual(
      first.filter((each) => typed.includes(each.toLowerCase())),
      [],
      name,
    );
  }
});

Deno.test("a page is found by its name alone, and as texts name it", async () => {
  const titleOf = async (page: string) => {
    const { stdout, stderr } = await outcomeOf(() => main(["man", page]));
    return /^\.Dt .*$/m.exec(stdout)?.[0] ?? stderr;
  };
  const rows = [
    ["knockd", ".Dt KNOCKD 8"],
    ["knock", ".Dt KNOCK 1"],
    ["knock(1)", ".Dt KNOCK 1"],
    ["knock.toml", ".Dt KNOCK.TOML 5"],
    ["knockd-protocol(7)", ".Dt KNOCKD-PROTOCOL 7"],
  ];
  for (const [page, title] of rows) assert.equal(await titleOf(page!), title);
  assert.match(
    await titleOf("knockd.1"),
    /no manual page "knockd.1"\n.*there are knockd/,
  );
});
