import assert from "node:assert/strict";
import { firewallCommand } from "../../lib/cli/firewall.ts";
import { loadConfig } from "../../lib/config/load.ts";
import type { Door } from "../../lib/core/door.ts";
import { inDirectory } from "../config/files.ts";
import { runSubcommand } from "./program.ts";

const TOML = `
[doors.ssh]
sequence = "7000,8000,9000"
start_command = "old"
stop_command = "old"
cmd_timeout = 30
[doors."it's \\"odd\\" # name"]
sequence = "7001,8001,9001"
`;
const CLASSIC = `[openSSH]\n\tsequence = 7000,8000\n[closeSSH]\n\tsequence = 9000,8000\n`;

function firewall(text: string, name: string, ...args: string[]) {
  return inDirectory(async (directory) => {
    const path = `${directory}/${name}`;
    await Deno.writeTextFile(path, text);
    const printed = await runSubcommand(firewallCommand(), [...args, "-c", path]);
    const clean = (said: string) => said.replaceAll(directory, "");
    return { ...printed, stdout: clean(printed.stdout), stderr: clean(printed.stderr) };
  });
}

/** The doors of a config in which the printed lines stand in place of the commands. */
async function doorsWith(
  lines: string,
  keys: Record<string, string>,
  name: string,
): Promise<Door[]> {
  let text = lines.replace(/^# .*$/m, "");
  for (const [heading, key] of Object.entries(keys)) {
    text = text.replace(`[${heading}]`, `$&\n${key}`);
  }
  return await inDirectory(async (directory) => {
    await Deno.writeTextFile(`${directory}/${name}`, text);
    const { config, problems } = await loadConfig(`${directory}/${name}`);
    assert.ok(config, JSON.stringify(problems));
    return [...config.doors];
  });
}

Deno.test("firewall prints lines for knock.toml that a config can hold", async () => {
  const odd = 'it\'s "odd" # name';
  const port = ["--port", `${odd}=443`];
  const { code, stdout, stderr } = await firewall(TOML, "knock.toml", "nft", ...port);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /ip saddr @door_ssh_4 tcp dport 22 ct state new accept/);
  assert.match(stdout, /ip6 saddr @door_it_s_odd_name_6 tcp dport 443 ct state new/);
  const [ssh, other] = await doorsWith(stderr, {
    "doors.ssh": 'sequence = "7000"',
    'doors."it\'s \\"odd\\" # name"': 'sequence = "7001"',
  }, "knock.toml");
  const element = "element inet knockd door_ssh_6 { %IP% }";
  assert.deepEqual(ssh!.stop!.ipv6, ["nft", `add ${element}; delete ${element}`]);
  assert.equal(ssh!.cmdTimeout, 30);
  assert.equal(other!.name, odd);
});

Deno.test("firewall prints lines for knockd.conf as shell commands", async () => {
  const args = ["nft", "--port", "closeSSH=none"];
  const { code, stdout, stderr } = await firewall(CLASSIC, "knockd.conf", ...args);
  assert.equal(code, 0, stderr);
  assert.doesNotMatch(stdout, /door_close/);
  const [ssh] = await doorsWith(stderr, { openSSH: "sequence = 7000" }, "knockd.conf");
  const element = "element inet knockd door_openSSH_4 { %IP% }";
  assert.deepEqual(ssh!.stop!.ipv4, `nft 'add ${element}; delete ${element}'`);
});

Deno.test("firewall writes to xt_recent's lists for iptables", async () => {
  const args = ["iptables", "--port", "closeSSH=none"];
  const { stderr } = await firewall(CLASSIC, "knockd.conf", ...args);
  const [ssh] = await doorsWith(stderr, { openSSH: "sequence = 7000" }, "knockd.conf");
  const list = "/proc/net/xt_recent/door_openSSH_6";
  assert.equal(ssh!.start!.ipv6, `echo +%IP% >${list}`);
  assert.equal(ssh!.stop!.ipv6, `echo -%IP% >${list}`);
});

Deno.test("firewall opens several ports of a door, UDP among them", async () => {
  const ports = ["--port", "openSSH=22", "--port", "openSSH=53:udp"];
  const args = [
    "iptables",
    "--port",
    "closeSSH=none",
    ...ports,
    "--port",
    "openSSH=1/udp",
  ];
  const { stdout } = await firewall(CLASSIC, "knockd.conf", ...args);
  const opened = [...stdout.matchAll(/^-4.* -p (\S+) --dport (\d+) .*recent/gm)];
  assert.deepEqual(opened.map(([, protocol, port]) => `${port} ${protocol}`), [
    "22 tcp",
    "53 udp",
    "1 udp",
  ]);
});

Deno.test("firewall says how to tell the port of a door", async () => {
  const { code, stdout, stderr } = await firewall(TOML, "knock.toml", "nft");
  assert.equal(code, 2);
  assert.equal(stdout, "");
  assert.equal(
    stderr,
    "knockd: error: the config does not say which port this door opens: " +
      'it\'s "odd" # name\n' +
      'knockd: hint: --port "it\'s \\"odd\\" # name=PORT", ' +
      "with none for a door that opens no port\n",
  );
});

Deno.test("firewall takes no door for granted that closes another", async () => {
  const { code, stderr } = await firewall(CLASSIC, "knockd.conf", "nft");
  assert.equal(code, 2);
  assert.match(stderr, /this door opens: closeSSH$/m);
});

Deno.test("a port that is said where the config says it is refused", async () => {
  const text = '[doors.a]\nsequence = "7,8,9"\nopen = 22\n';
  for (
    const [what, port, error] of [
      ["nft", "a=23", /--port a=23: the kernel opens this door by itself/],
      ["up", "22", /firewall up takes its ports from the config/],
      ["status", "a=22", /firewall status takes its ports from the config/],
    ] as const
  ) {
    const printed = await firewall(text, "knock.toml", what, "--port", port);
    assert.deepEqual([printed.code, printed.stdout], [2, ""]);
    assert.match(printed.stderr, error);
  }
});

Deno.test("a door that only closes others needs no port, and none is printed for it", async () => {
  const leave = '[doors.leave]\nsequence = "9,8,7"\ncloses = "a"\n';
  const commands = 'start_command = "old"\nstop_command = "old"\n';
  const opened = `[doors.a]\nsequence = "7,8,9"\n${commands}${leave}`;
  const kernels = opened.replace(commands, "open = 22\n");
  for (const [text, more] of [[opened, ["--port", "a=80"]], [kernels, []]] as const) {
    const { code, stdout, stderr } = await firewall(text, "knock.toml", "nft", ...more);
    assert.deepEqual([code, /tcp dport/.test(stdout)], [0, true], stderr);
    assert.doesNotMatch(stdout + stderr, /leave/);
  }
});

for (
  const [args, error] of [
    [["pf"], /no recipe for the firewall "pf"/],
    [["toString"], /no recipe for the firewall "toString"/],
    [["nft", "--port", "22"], /--port 22 has no door/],
    [["nft", "--port", "=22"], /--port =22 has no door/],
    [["nft", "--port", "web=80"], /--port web=80: there is no such door/],
    [["nft", "--port", "openSSH=0"], /--port openSSH=0: port 0/],
    [["nft", "--port", "openSSH=22:icmp"], /"icmp" is not tcp or udp/],
    [
      ["nft", "--port", "openSSH=none", "--port", "closeSSH=none"],
      /no door of \/knockd.conf opens a port/,
    ],
  ] as const
) {
  Deno.test(`firewall refuses ${args.join(" ")}`, async () => {
    const { code, stdout, stderr } = await firewall(CLASSIC, "knockd.conf", ...args);
    assert.equal(code, 2, stderr);
    assert.equal(stdout, "");
    assert.match(stderr, error);
  });
}

for (const what of ["down", "status"]) {
  Deno.test(`firewall ${what} says what is done where the config is broken`, async () => {
    const { code, stderr } = await firewall("[doors.ssh\n", "knock.toml", what);
    assert.equal(code, 2);
    assert.match(stderr, /^knockd: error: \/knock.toml:1:/);
    assert.match(stderr, /hint: (knockd firewall \w+ --table \w+|no table of knockd's)/);
  });
}

Deno.test("firewall takes a table where that is all it needs, and no other name", async () => {
  for (const what of ["up", "trace", "nft"]) {
    const { code, stderr } = await firewall(TOML, "knock.toml", what, "--table", "k");
    assert.equal(code, 2);
    assert.match(stderr, /takes its table from the config\n.*table = "…"/);
  }
  const { code, stderr } = await firewall(TOML, "knock.toml", "down", "--table", "a b");
  assert.deepEqual([code, /--table: the name of a table/.test(stderr)], [2, true]);
});
