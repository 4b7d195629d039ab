import assert from "node:assert/strict";
import { changedForGood } from "../../lib/config/changed_for_good.ts";
import type { Config } from "../../lib/config/config.ts";
import { OPTION_WORDS } from "../../lib/config/toml/words.ts";
import { load } from "./files.ts";

async function configWith(options: string): Promise<Config> {
  const { config } = await load(`[options]\n${options}\n`);
  assert.ok(config, options);
  return config;
}

/** Options that a daemon takes up while it runs. */
const AT_ONCE = { interface: '"eth1"', ignore_ports: '"80"' };

/** Options that take a restart, by their names in the file. */
const FOR_GOOD = {
  log_file: '"/var/log/other.log"',
  log_format: '"json"',
  log_time: '"iso"',
  use_syslog: "true",
  pid_file: '"/run/other.pid"',
  state_dir: '"/var/lib/other"',
  table: '"other"',
  history_days: "7",
  history_rows: "1000",
  control: '"/run/other.sock"',
  control_group: '"adm"',
  metrics: '"127.0.0.1:9666"',
};

Deno.test("an option that a daemon opened something by takes a restart", async () => {
  const plain = await configWith("");
  for (const [name, value] of Object.entries(FOR_GOOD)) {
    const changed = await configWith(`${name} = ${value}`);
    assert.deepEqual(changedForGood(plain, changed), [name]);
    assert.deepEqual(changedForGood(changed, plain), [name], "taken away again");
    assert.deepEqual(changedForGood(changed, await configWith(`${name} = ${value}`)), []);
  }
});

Deno.test("several at once are all named, and a reload takes up what is left", async () => {
  const all = Object.entries({ ...FOR_GOOD, ...AT_ONCE });
  const changed = await configWith(all.map((pair) => pair.join(" = ")).join("\n"));
  assert.deepEqual(changedForGood(await configWith(""), changed), Object.keys(FOR_GOOD));
});

Deno.test("what a daemon takes up while it runs takes no restart", async () => {
  const changed = await configWith(
    Object.entries(AT_ONCE).map((pair) => pair.join(" = ")).join("\n"),
  );
  assert.deepEqual(changedForGood(await configWith(""), changed), []);
});

Deno.test("of every option it is known whether it takes a restart", () => {
  const known = Object.keys({ ...FOR_GOOD, ...AT_ONCE }).sort();
  assert.deepEqual(known, Object.keys(OPTION_WORDS).sort());
});
