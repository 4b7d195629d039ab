import { deepEqual, equal, match } from "node:assert/strict";
import { checkCommand } from "../../../lib/cli/check.ts";
import { importCommand } from "../../../lib/cli/import.ts";
import {
  comesAndGoes,
  isFindingName,
  severityOf,
} from "../../../lib/config/finding_names.ts";
import { runSubcommand } from "../../cli/program.ts";
import {
  MANUALS_EXAMPLES,
  manualsExample,
} from "../../config/classic/manuals_examples.ts";
import { copyOldFile, OLD_FILES } from "../../config/classic/old_files.ts";
import { inDirectory } from "../../config/files.ts";

/** Imports a file and checks what comes out, by the commands themselves. */
async function importAndCheck(path: string) {
  const imported = await runSubcommand(importCommand(), [path]);
  equal(imported.code, 0, imported.stderr);
  const toml = `${path.replace(/\.conf$/, "")}.toml`;
  await Deno.writeTextFile(toml, imported.stdout, { mode: 0o600 });
  const { stdout } = await runSubcommand(checkCommand(), ["--json", toml]);
  const { problems, advice, ignored } = JSON.parse(stdout);
  const explained = await runSubcommand(checkCommand(), [toml]);
  return {
    said: [...problems, ...advice],
    ignored,
    explained: explained.stdout,
    imported,
  };
}

/** What follows from the config: which programs and interfaces there are is the machine's. */
function ofConfig(said: { name?: string; message: string }[]): string[] {
  return said
    .filter(({ name, message }) =>
      !(isFindingName(name ?? "") && comesAndGoes(name as "weak")) &&
      !message.startsWith("there is no interface ")
    )
    .map(({ name, message }) => name ?? message);
}

/** Files of which something unsafe is to be said, and what; of the others, nothing. */
const UNSAFE: Readonly<Record<string, readonly string[]>> = {
  comment_after_ports: ["never-closes"],
  firewall_stopped: ["opens-for-all"],
  flags_twice: ["never-closes"],
  latin1_comments: ["never-closes"],
  missing_log_directory: ["never-closes"],
  no_flags: ["never-closes"],
  no_options: ["never-closes"],
  odd_whitespace: ["never-closes"],
  old_names: ["never-closes"],
  placeholder_misspelt: ["no-placeholder"],
  reject_first: ["opens-for-all"],
  same_port_twice: ["never-closes"],
  seq_cooldown: ["never-closes"],
  ssh_for_all: ["opens-for-all"],
  sudo_habit: ["opens-for-all"],
  two_doors_share_ports: ["never-closes", "never-closes"],
  upper_case: ["never-closes"],
  upper_case_options: ["never-closes"],
};

for (const { name, said } of OLD_FILES) {
  if (said.some((line) => line.startsWith("error"))) continue;
  const expected = UNSAFE[name] ?? [];
  const what = expected.length === 0 ? "nothing" : expected.join(", ");
  Deno.test(`of ${name}, once it is imported, check says ${what}`, () =>
    inDirectory(async (directory) => {
      const { said, explained } = await importAndCheck(copyOldFile(name, directory));
      const left = ofConfig(said);
      deepEqual(left, expected);
      deepEqual(
        left.filter((each) => !isFindingName(each) || severityOf(each) !== "unsafe"),
        [],
      );
      equal(explained.includes("needless"), false, explained);
    }));
}

for (const name of MANUALS_EXAMPLES) {
  Deno.test(`of ${name}, once it is imported, check says nothing`, () =>
    inDirectory(async (directory) => {
      const path = await manualsExample(name, directory);
      const { said, ignored, imported } = await importAndCheck(path);
      deepEqual(ofConfig(said), []);
      match(imported.stdout, /^# Said above, so that check.*\nignore_advice = \["/m);
      equal(ignored.problems.length + ignored.advice.length > 0, true);
    }));
}

const ACCESS_CONF = `SOURCE ANY
OPEN_PORTS tcp/22
KEY_BASE64 c2VjcmV0
SOURCE ANY
CMD_CYCLE_OPEN iptables -I INPUT -s $SRC -p tcp --dport 80 -j ACCEPT
CMD_CYCLE_CLOSE iptables -D INPUT -s $SRC -p tcp --dport 80 -j ACCEPT
SOURCE ANY
CMD_CYCLE_OPEN /home/me/open $SRC
`;

Deno.test("of an access.conf, once it is imported, check says that its doors need clients", () =>
  inDirectory(async (directory) => {
    const path = `${directory}/access.conf`;
    await Deno.writeTextFile(path, ACCESS_CONF);
    const { said, imported } = await importAndCheck(path);
    deepEqual(ofConfig(said), ["no-clients", "no-clients", "no-clients"]);
    match(
      imported.stdout,
      /^# an iptables of the old kind.*\n(#.*\n)*\[doors\.door2\]\n(.+\n)*ignore_advice/m,
    );
    match(imported.stdout, /ignore_advice = \["hidden-by-the-unit"\]\n\[doors\.door3/);
  }));
