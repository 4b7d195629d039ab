import assert from "node:assert/strict";
import { filesNamedIn } from "../../lib/config/toml/named_files.ts";
import { readableFindings } from "../../lib/doctor/readable.ts";
import type { Owned } from "../../lib/files/trust.ts";
import { inDirectory } from "../config/files.ts";
import { machineWith } from "./sick_machine.ts";

const CONFIG = "/etc/knockd/knock.toml";
const SECRET = "/etc/knockd/secrets/ssh-phone";
const ASKED =
  "systemctl show -p User -p Group -p SupplementaryGroups -p ExecStart knockd";
const START =
  "ExecStart={ path=/usr/bin/knockd ; argv[]=/usr/bin/knockd serve --config " +
  `${CONFIG} --control /run/knockd/knockd.sock ; ignore_errors=no }`;

/** What is ill where the service runs so, and these files are not readable by all. */
async function ills(unit: string, files: Readonly<Record<string, Owned>>) {
  const machine = machineWith({
    programs: { [ASKED]: { code: 0, text: `${START}\n${unit}\n` } },
    files: {
      "/etc/passwd": "root:x:0:0::/:/bin/sh\nknockd:x:993:990::/:/bin/false\n",
      "/etc/group": "root:x:0:\nadm:x:4:knockd\nknockd:x:990:\nssl:x:7:\n",
    },
    stat: (path) => files[path] ?? { mode: 0o755, uid: 0, gid: 0 },
  });
  const found = await readableFindings(machine, CONFIG, [SECRET]);
  return found.filter(({ state }) => state === "ill").map(({ says, fix }) => [says, fix]);
}

const KNOCKD = "User=knockd\nGroup=knockd\nSupplementaryGroups=ssl";
const roots = (mode: number, gid = 0) => ({ mode, uid: 0, gid });
const SAYS = "the user knockd, whose the service is, can't read";
const ENDS = "knockd neither starts nor reloads";

Deno.test("a service's user that may read all is well", async () => {
  for (const gid of [990, 7, 4]) {
    const files = { [CONFIG]: roots(0o640, gid), [SECRET]: roots(0o640, 990) };
    assert.deepEqual(await ills(KNOCKD, files), []);
  }
});

Deno.test("what a service's user may not read any more is named, with what cures it", async () => {
  assert.deepEqual(await ills(KNOCKD, { [CONFIG]: roots(0o600) }), [
    [
      `${SAYS} ${CONFIG}: ${ENDS}`,
      `as root: chgrp knockd ${CONFIG} && chmod 640 ${CONFIG}`,
    ],
  ]);
  const [[says, fix] = []] = await ills("User=knockd", { [SECRET]: roots(0o600, 990) });
  assert.equal(says, `${SAYS} ${SECRET}: ${ENDS}`);
  assert.match(fix!, /chgrp knockd .*chmod 640/);
  const closed = await ills(KNOCKD, { "/etc/knockd": roots(0o700) });
  assert.equal(closed.length, 2);
  assert.match(closed[0]![0]!, /knock\.toml \(it gets no further than \/etc\/knockd\)/);
  assert.match(closed[0]![1]!, /chgrp knockd \/etc\/knockd && chmod g\+x/);
});

Deno.test("root's service, and one of another config, reads what it likes", async () => {
  for (const unit of ["User=", "User=root", "User=0", "User=nobody-here"]) {
    assert.deepEqual(await ills(unit, { [CONFIG]: roots(0o600) }), []);
  }
  const other = KNOCKD + "\n" + START.replace(CONFIG, "/etc/other.toml");
  assert.deepEqual(await ills(other, { [CONFIG]: roots(0o600) }), []);
});

Deno.test("the files that a config names are found, its clients' and its fleet's", () =>
  inDirectory(async (directory) => {
    const path = `${directory}/knock.toml`;
    await Deno.writeTextFile(
      path,
      `[fleet]\nsecret_file = "fleet"\ncert = "/c"\nname = "key"\n` +
        `[doors.a.clients]\nb = { secret_file = "secrets/b" }\nc = { secret = "X" }\n`,
    );
    const expected = [`${directory}/fleet`, "/c", `${directory}/secrets/b`];
    assert.deepEqual(filesNamedIn(path), expected);
    await Deno.writeTextFile(path, "[");
    assert.deepEqual(filesNamedIn(path), []);
    assert.deepEqual(filesNamedIn(`${directory}/none.toml`), []);
  }));
