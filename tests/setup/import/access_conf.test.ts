import assert from "node:assert/strict";
import { tomlOfAccessConf } from "../../../lib/setup/import/access_conf.ts";
import { isAccessConf } from "../../../lib/setup/import/fwknop_stanzas.ts";
import { load } from "../../config/files.ts";

const TWO = `#### fwknopd access.conf
SOURCE              ANY
OPEN_PORTS          tcp/22, udp/51820
KEY_BASE64          c2VjcmV0IG9mIG1pbmU=
HMAC_KEY_BASE64     c2VjcmV0IG9mIG1pbmU=
FW_ACCESS_TIMEOUT   60
REQUIRE_SOURCE_ADDRESS  Y

SOURCE: 192.0.2.0/24;
KEY: oldstyle;
CMD_CYCLE_OPEN: /usr/sbin/allow $SRC $PORT;
CMD_CYCLE_CLOSE: /usr/sbin/deny $SRC;
`;

Deno.test("an access.conf becomes doors that open its ports for its time", async () => {
  const toml = tomlOfAccessConf(TWO, "/etc/fwknop/access.conf");
  const { config, problems } = await load(toml);
  assert.deepEqual(problems.filter(({ severity }) => severity === "error"), []);
  const [first, second] = config!.doors;
  assert.deepEqual(first!.kernel!.ports, [
    { first: 22, last: 22, protocol: "tcp" },
    { first: 51820, last: 51820, protocol: "udp" },
  ]);
  assert.equal(first!.cmdTimeout, 60);
  assert.equal(second!.cmdTimeout, 30);
  assert.equal(second!.start!.ipv4, "/usr/sbin/allow %IP% $PORT");
  assert.equal(second!.stop!.ipv4, "/usr/sbin/deny %IP%");
  assert.ok(first!.key.kind === "otp" && first!.key.otp.bindSource);
  assert.ok(second!.key.kind === "otp" && !second!.key.otp.bindSource);
});

Deno.test("what of an access.conf does not map is said, and no key is shown", () => {
  const toml = tomlOfAccessConf(TWO, "access.conf");
  assert.doesNotMatch(toml, /c2Vjc|oldstyle/);
  assert.match(toml, /# KEY_BASE64: not taken over/);
  assert.match(toml, /# SOURCE 192\.0\.2\.0\/24: here secrets say/);
  assert.match(toml, /# CMD_CYCLE_OPEN: of its variables only \$IP/);
  const open = tomlOfAccessConf("SOURCE ANY\nKEY x\nACCESS_EXPIRE 12/1/2030\n", "a");
  assert.match(open, /# No OPEN_PORTS/);
  assert.match(open, /# ACCESS_EXPIRE 12\/1\/2030: no counterpart/);
});

Deno.test("an access.conf of which little makes sense becomes a config that can be used", async () => {
  const text = `SOURCE ANY
OPEN_PORTS tcp/22, icmp/3, tcp/99999
FW_ACCESS_TIMEOUT 999999999999
SOURCE ANY
CMD_CYCLE_OPEN
CMD_CYCLE_CLOSE ufw delete allow 22
SOURCE ANY
CMD_CYCLE_OPEN echo "\x1b[2J" %CLIENT% \\
FW_ACCESS_TIMEOUT -4
`;
  const toml = tomlOfAccessConf(text, "access.conf");
  const { config, problems } = await load(toml);
  assert.ok(config, `${toml}\n${problems.map(({ message }) => message).join("\n")}`);
  assert.equal(config.doors.length, 3);
  assert.match(
    toml,
    /# CMD_CYCLE_CLOSE ufw delete allow 22: left out, as no command opens/,
  );
});

Deno.test("a stanza with commands closes after its own timer, and opens no port besides", async () => {
  const toml = tomlOfAccessConf(
    `SOURCE ANY
OPEN_PORTS tcp/22
FW_ACCESS_TIMEOUT 60
CMD_CYCLE_OPEN /usr/sbin/allow $IP_ssh
CMD_CYCLE_CLOSE /usr/sbin/deny $IP
CMD_CYCLE_TIMER 3600
`,
    "access.conf",
  );
  const door = (await load(toml)).config!.doors[0]!;
  assert.equal(door.cmdTimeout, 3600);
  assert.equal(door.start!.ipv4, "/usr/sbin/allow %IP%_ssh");
  assert.equal(door.stop!.ipv4, "/usr/sbin/deny %IP%");
  assert.equal(door.kernel, undefined);
  assert.match(toml, /# OPEN_PORTS tcp\/22: left out/);
  assert.doesNotMatch(toml, /no counterpart|look it over/);
});

Deno.test("what follows a semicolon or a number in an access.conf is not read", async () => {
  const toml = tomlOfAccessConf(
    `SOURCE ANY; ### all
OPEN_PORTS tcp/22, udp/53 # both
FW_ACCESS_TIMEOUT 90 # a while
`,
    "access.conf",
  );
  const door = (await load(toml)).config!.doors[0]!;
  assert.equal(door.cmdTimeout, 90);
  assert.deepEqual(door.kernel!.ports.map(({ first }) => first), [22, 53]);
  assert.doesNotMatch(toml, /# SOURCE/);
});

Deno.test("a stanza that forwards its ports to another host shuts none here", async () => {
  const toml = tomlOfAccessConf(
    "SOURCE ANY\nOPEN_PORTS tcp/22\nFORCE_NAT 192.168.1.10 22\n",
    "access.conf",
  );
  const [door] = (await load(toml)).config!.doors;
  assert.equal(door!.kernel, undefined);
  assert.match(toml, /# FORCE_NAT forwards to another host: here a start_command/);
  assert.doesNotMatch(toml, /No OPEN_PORTS/);
});

Deno.test("what an access.conf includes is to be imported, too, and opens no door", async () => {
  const toml = tomlOfAccessConf(
    `GPG_REMOTE_ID ABCD
%include_folder /etc/fwknop/access.d
SOURCE ANY
OPEN_PORTS tcp/22
%include_keys /root/keys
%include /etc/fwknop/more.conf
`,
    "access.conf",
  );
  assert.equal((await load(toml)).config!.doors.length, 1);
  assert.match(toml, /# %include_folder \/etc\/fwknop\/access\.d: not followed; /);
  assert.match(toml, /# %include_keys: not taken over/);
  assert.match(toml, /# %include \/etc\/fwknop\/more\.conf: not followed; /);
});

Deno.test("a key on a line of its own, or under a name that is none, is not shown", () => {
  const toml = tomlOfAccessConf(
    `SOURCE ANY
KEY_BASE64
wzNP62oPPgEc+kXDPQLHPOayQBuNbYUTPP+QrErNDmg=
UPPERCASE
Key: lowercase secret
HMAC_KEY=joined
OPEN_PORTS tcp/22
`,
    "access.conf",
  );
  assert.doesNotMatch(toml, /wzNP|QrErN|UPPERCASE|secret$|joined/m);
  assert.match(toml, /# a line that is not one of fwknop's: left out/);
  assert.match(toml, /open = "22"/);
});

Deno.test("only what has a line that begins with SOURCE is an access.conf", () => {
  assert.ok(isAccessConf("# by me\n\nSOURCE ANY\n"));
  assert.ok(isAccessConf("SOURCE: ANY;\r\n"));
  assert.ok(isAccessConf("GPG_REMOTE_ID ABCD\nSOURCE ANY\n"));
  assert.ok(!isAccessConf("[options]\n\tUseSyslog\n"));
  assert.ok(!isAccessConf(""));
});
