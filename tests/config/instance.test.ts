import assert from "node:assert/strict";
import {
  type Account,
  instancePaths,
  nameOf,
  settled,
} from "../../lib/config/instance.ts";

const ROOT: Account = { uid: 0, env: () => undefined };

/** An account with this environment. */
function user(env: Record<string, string>, uid = 1000): Account {
  return { uid, env: (name) => env[name] };
}

Deno.test("the machine's first daemon has no name", async () => {
  assert.equal(await nameOf({ config: "/etc/knockd.conf" }), "");
  assert.equal(await nameOf({ config: "/etc/knockd/knock.toml" }), "");
});

Deno.test("every other is named by its config and the interface of its command line", async () => {
  // printf '/etc/knockd.conf\0eth0' | sha256sum
  const name = await nameOf({ config: "/etc/knockd.conf", interface: "eth0" });
  assert.equal(name, "-9cea3896d529");
  const others = [
    { config: "/etc/knockd.conf", interface: "lo" },
    { config: "/etc/knockd/other.toml" },
    { config: "/srv/knockd.conf", interface: "eth0" },
  ];
  const names = new Set([name, ...await Promise.all(others.map(nameOf))]);
  assert.equal(names.size, 4);
});

Deno.test("a config is the same by whichever path it is reached", async () => {
  const directory = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${directory}/a.conf`, "");
    await Deno.symlink(`${directory}/a.conf`, `${directory}/b.conf`);
    const name = await nameOf({ config: `${directory}/a.conf` });
    assert.equal(await nameOf({ config: `${directory}/b.conf` }), name);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

/** Who, what the config says, what the command line says; where things are. */
const ROWS: [
  what: string,
  account: Account,
  options: { stateDir?: string; control?: string },
  said: { stateDir?: string; control?: string },
  places: [stateDir: string | undefined, control: string | undefined],
][] = [
  ["root's", ROOT, {}, {}, ["/var/lib/knockd-x", "/run/knockd-x.sock"]],
  ["the config's", ROOT, { stateDir: "/s", control: "/c" }, {}, ["/s", "/c"]],
  [
    "the command line's before the config's",
    ROOT,
    { stateDir: "/s", control: "/c" },
    { stateDir: "/a", control: "/b" },
    ["/a", "/b"],
  ],
  [
    "systemd's, the first of them",
    user({ STATE_DIRECTORY: "/var/lib/knockd:/x" }, 0),
    {},
    {},
    ["/var/lib/knockd", "/run/knockd-x.sock"],
  ],
  [
    "a user's by XDG's variables",
    user({ HOME: "/home/u", XDG_STATE_HOME: "/state", XDG_RUNTIME_DIR: "/run/user/1" }),
    {},
    {},
    ["/state/knockd-x", "/run/user/1/knockd-x.sock"],
  ],
  [
    "a user's at home, the socket with the journal",
    user({ HOME: "/home/u" }),
    {},
    {},
    ["/home/u/.local/state/knockd-x", "/home/u/.local/state/knockd-x/control.sock"],
  ],
  [
    "no other ones in another directory, whatever the variables are",
    user({ HOME: "/home/u", XDG_STATE_HOME: "state", XDG_RUNTIME_DIR: "run" }),
    {},
    {},
    ["/home/u/.local/state/knockd-x", "/home/u/.local/state/knockd-x/control.sock"],
  ],
  ["none for a user without a home", user({}), {}, {}, [undefined, undefined]],
];

for (const [what, account, options, said, [stateDir, control]] of ROWS) {
  Deno.test(`places: ${what}`, () => {
    const instance = { config: "/etc/x.conf", ...said };
    assert.deepEqual(instancePaths(options, instance, "-x", account), {
      stateDir,
      control,
    });
  });
}

Deno.test("a settled instance does not depend on the directory that the program is in", () => {
  const settledOne = settled({ config: "a.conf", stateDir: "s", control: "/c" });
  const here = Deno.cwd();
  assert.deepEqual(settledOne, {
    config: `${here}/a.conf`,
    stateDir: `${here}/s`,
    control: "/c",
  });
});
