import { deepEqual } from "node:assert/strict";
import { linesAbout, SECRET } from "../files.ts";

/** Doors that are right, for the rest of the config to be wrong. */
const DOOR = '[doors.a]\nsequence = "1,2,3"\ncommand = "x"\n';
const OTP = `[doors.a.clients.al]\nsecret = "${SECRET}"\n[doors.a]\ncommand = "x"\n`;

/** Why the row is there, the config, and what is said of it, without the file's name. */
type Row = [why: string, text: string, ...expected: string[]];

async function eachRow(...rows: Row[]): Promise<void> {
  for (const [why, text, ...expected] of rows) {
    const said = (await linesAbout(text)).map((line) =>
      line.replace(/knock\.toml: ?/, "")
    );
    deepEqual({ why, said }, { why, said: expected });
  }
}

Deno.test("a text that is no TOML is reported where it stops being it", () =>
  eachRow(
    [
      "no value",
      "[options]\ninterface =\n",
      "error 2:12: this is not TOML: invalid value (a value is missing behind the =)",
    ],
    [
      "written twice",
      DOOR + 'command = "y"',
      "error 4:1: this is not TOML: trying to redefine an already defined table or value (a key is written once)",
    ],
    [
      "a name that JavaScript objects have",
      "[doors.__proto__]",
      "error 1:2: this is not TOML: document contains an unsafe property " +
      "(nothing can be called constructor or __proto__: choose another name)",
    ],
    [
      "another of these",
      "[doors.constructor]",
      "error 1:2: this is not TOML: document contains an unsafe property " +
      "(nothing can be called constructor or __proto__: choose another name)",
    ],
    [
      "deep nesting",
      `a = ${"[".repeat(1000)}`,
      "error 1:21: this is not TOML: document contains excessively nested structures. " +
      "aborting.",
    ],
  ));

Deno.test("an unknown key is reported with the nearest that there is", () =>
  eachRow(
    [
      "a letter is missing",
      DOOR + 'stop_comand = "x"',
      'error 4:1: doors.a: unknown key "stop_comand" (did you mean stop_command?)',
    ],
    [
      "letters are swapped",
      '[options]\ninetrface = "eth0"\n' + DOOR,
      'error 2:1: options: unknown key "inetrface" (did you mean interface?)',
    ],
    [
      "knockd's spelling",
      '[options]\nLogFile = "x"\n' + DOOR,
      'error 2:1: options: unknown key "LogFile" (did you mean log_file?)',
    ],
    [
      "a table at the top",
      '[option]\ninterface = "x"\n' + DOOR,
      'error 1:2: unknown key "option" (did you mean options?)',
    ],
    [
      "in an inline table, with nothing near",
      OTP + "otp = { length = 6, foo = 1 }",
      'error 5:21: doors.a.otp: unknown key "foo" (known here: length, ports, protocol, ' +
      "mode, period, window, look_ahead, bind_source, packet)",
    ],
    [
      "of a client",
      OTP + "[doors.a.otp]\n[doors.a.clients.bo]\nsecretfile = 'x'",
      "error 6:18: doors.a.clients.bo: this client has no secret and no secret_file " +
      "(take the client out of the config; then: knockd enroll a bo)",
      'error 7:1: doors.a.clients.bo: unknown key "secretfile" (did you mean secret_file?)',
    ],
    [
      "a name that would be passed over in silence",
      "[doors.prototype]\nsequence = 1",
      "error 1:8: doors.prototype: this name can't be used",
    ],
  ));

Deno.test("a value of the wrong type or range is reported where it is", () =>
  eachRow(
    [
      "a text for a number",
      DOOR + 'seq_timeout = "10"',
      "error 4:15: doors.a.seq_timeout: expected a whole number from 1 to 31536000, " +
      "found a text (without quotes and without a unit: 10)",
    ],
    [
      "a fraction",
      DOOR + "cooldown = 1.5",
      "error 4:12: doors.a.cooldown: expected a whole number from 0 to 31536000",
    ],
    ["below", DOOR + "tolerance = -2", "error 4:13: doors.a.tolerance: -2 is below -1"],
    ["above", DOOR + "tolerance = 65", "error 4:13: doors.a.tolerance: 65 is above 64"],
    [
      "infinity",
      DOOR + "tolerance = inf",
      "error 4:13: doors.a.tolerance: expected a whole number from -1 to 64",
    ],
    [
      "one of two words",
      DOOR + 'on_exit = "open"',
      'error 4:11: doors.a.on_exit: expected "close" or "keep"',
    ],
    [
      "a number in a command",
      '[doors.a]\nsequence = "1,2"\ncommand = ["x", 3]',
      "error 3:17: doors.a.command[1]: expected a text in quotes, found a number",
    ],
    [
      "a command of no words",
      '[doors.a]\nsequence = "1,2"\ncommand = []',
      "error 3:11: doors.a.command: the command has no words",
    ],
    [
      "a command with an empty name",
      '[doors.a]\nsequence = "1,2"\ncommand = ["", "x"]',
      "error 3:11: doors.a.command: the name of the program is empty",
    ],
    [
      "a command that no system call could take",
      '[doors.a]\nsequence = "1,2"\ncommand = ["x\\u0000"]',
      "error 3:12: doors.a.command[0]: there can be no NUL character in it",
    ],
    [
      "a command that is too long when it is for IPv6",
      `[doors.a]\nsequence = "1,2"\ncommand = ["x", "%IP%${"x".repeat(131_033)}"]`,
      "error doors.a.command: it has more than 131071 bytes in one word, which no " +
      "program takes",
    ],
    [
      "a shell command that is too long",
      `[doors.a]\nsequence = "1,2"\ncommand = "${"é".repeat(65_536)}"`,
      "error 3:11: doors.a.command: it has more than 131071 bytes in one word, which no " +
      "program takes",
    ],
    [
      "an array for a table",
      DOOR + "otp = []",
      "error 4:1: doors.a.otp: a door has one kind of key, this one has sequence and otp",
      "error 4:7: doors.a.otp: expected a table, found an array (a line of its own makes it: [doors.a.otp])",
    ],
    [
      "a date for a table",
      "doors = 2026-11-22",
      "error 1:9: doors: expected a table, found a date or time (a door is a table with its name: [doors.ssh])",
    ],
    [
      "an array of tables",
      "[[doors]]\nsequence = 1",
      "error 1:3: doors: expected a table, found an array (a door is a table with its name: [doors.ssh])",
    ],
  ));

Deno.test("a wrong port is reported at its own column", () =>
  eachRow(
    [
      "in an array",
      '[doors.a]\ncommand = "x"\nsequence = [1, 70000, true, "9:sctp"]',
      'error 3:23: doors.a.sequence[2]: expected a port, as 8000 or "8000:udp", found ' +
      "true or false",
    ],
    [
      "in an array, by range",
      '[doors.a]\ncommand = "x"\nsequence = [1, 70000, "9:sctp"]',
      "error 3:16: doors.a.sequence[1]: port 70000 is above 65535",
      'error 3:23: doors.a.sequence[2]: "sctp" is not tcp or udp',
    ],
    [
      "in a text",
      '[doors.a]\ncommand = "x"\nsequence = "1, 70000,x"',
      "error 3:16: doors.a.sequence[1]: port 70000 is above 65535",
      'error 3:22: doors.a.sequence[2]: "x" is not a port number',
    ],
    [
      "in a text with escapes, where columns can't be counted",
      '[doors.a]\ncommand = "x"\nsequence = "\\u0031,x"',
      'error 3:12: doors.a.sequence[1]: "x" is not a port number',
    ],
    [
      "an empty array",
      '[doors.a]\ncommand = "x"\nsequence = []',
      "error 3:12: doors.a.sequence: the sequence is empty",
    ],
    [
      "too many",
      `[doors.a]\ncommand = "x"\nsequence = [${"1,".repeat(33)}]`,
      "error 3:77: doors.a.sequence[32]: 33 ports; there can be 32 at most",
    ],
    [
      "one that is ignored",
      `[options]\nignore_ports = ["2:tcp"]\n${DOOR}`,
      "error 4:12: doors.a.sequence: port 2 is in ignore_ports; this door never opens",
    ],
  ));

Deno.test("a door has one key and commands that fit together", () =>
  eachRow(
    [
      "no key",
      '[doors.a]\ncommand = "x"',
      "error 1:8: doors.a: nothing opens this door (give it a sequence, " +
      "one_time_sequences or an otp table)",
    ],
    [
      "two keys",
      OTP + 'sequence = "1,2"\n[doors.a.otp]',
      "error 6:10: doors.a.otp: a door has one kind of key, this one has sequence and otp",
    ],
    [
      "clients of a static door",
      DOOR + `[doors.a.clients.al]\nsecret = "${SECRET}"`,
      "error 4:10: doors.a.clients: only a door with an otp table has clients",
    ],
    [
      "both names of one command",
      DOOR + 'start_command = "y"',
      "error 3:1: doors.a.command: command is another name for start_command; " +
      "there can be only one",
    ],
    [
      "nothing to stop",
      '[doors.a]\nsequence = "1,2"\nstop_command = "y"',
      "error 3:1: doors.a.stop_command: this never runs, as there is no start command " +
      "before it",
    ],
    [
      "nothing to stop for IPv6",
      DOOR + 'command_6 = ""\nstop_command = "y"\nstop_command_6 = "z"',
      "error 6:1: doors.a.stop_command_6: this never runs, as there is no start command " +
      "before it",
    ],
    [
      "no client to name",
      '[doors.a]\nsequence = "1,2"\ncommand = "x %CLIENT%"',
      "error 3:11: doors.a.command: %CLIENT% is known on a door with an otp table only",
    ],
    [
      "a door's name that a shell would take apart",
      '[doors."a;b"]\nsequence = "1,2"\ncommand = "x"\nstop_command = "x %DOOR%"',
      'error 4:16: doors."a;b".stop_command: %DOOR% can\'t go into a shell command: the ' +
      "door's name has characters other than letters, digits and . : _ @ -",
    ],
    [
      "a target that is a name",
      DOOR + 'target = "localhost"',
      "error 4:10: doors.a.target: this is not an IPv4 or IPv6 address",
    ],
    [
      "flags",
      DOOR + 'tcpflags = "syn,akc"',
      'error 4:12: doors.a.tcpflags: "akc" is not a TCP flag; the flags are fin, syn, ' +
      "rst, psh, ack, urg, ece, cwr",
    ],
    [
      "names that differ in case",
      DOOR + '[doors.A]\nsequence = "4,5"\ncommand = "x"',
      "error 4:8: doors.A: there is a door a already; case does not count",
    ],
    [
      "a name that would break a log line",
      '[doors."a\\nb"]\nsequence = "4,5"\ncommand = "x"',
      'error 1:8: doors."a\\nb": the name of the door has a character that can\'t be printed',
    ],
    [
      "interfaces",
      '[options]\ninterface = ["eth0", "any", "a/b", "eth0"]\n' + DOOR,
      'error 2:22: options.interface[1]: "any" is all interfaces; nothing can be beside it',
      "error 2:29: options.interface[2]: an interface has up to 15 characters without " +
      "spaces and slashes " +
      '(a name that "ip link" lists first)',
      "error 2:36: options.interface[3]: eth0 is named twice",
    ],
  ));

Deno.test("a rotating door is strong enough and its clients are told apart", () =>
  eachRow(
    [
      "a range too small",
      OTP + '[doors.a.otp]\nports = "1000-1010"',
      "error 5:10: doors.a.otp: guessing a sequence takes 2 bits; at least 40 are needed " +
      "(more ports, a longer sequence, a smaller window or less tolerance)",
      "error 6:9: doors.a.otp.ports: 11 ports are too few: a sequence of 5 needs a range " +
      "of 20",
    ],
    [
      "no range",
      OTP + '[doors.a.otp]\nports = "2000-1000"',
      "error 6:9: doors.a.otp.ports: expected a range of ports from 1 to 65535, as " +
      '"10000-59999" (the lower one stands first: "1000-2000")',
    ],
    [
      "weak",
      OTP + "[doors.a.otp]\nlength = 4",
      "warning 5:10: doors.a.otp: guessing a sequence takes 52 bits; 60 are advised " +
      "(more ports, a longer sequence, a smaller window or less tolerance)",
    ],
    [
      "a scan of the whole range completes every sequence",
      OTP + '[doors.a.otp]\nlength = 32\nports = "10000-10127"',
      "warning 5:10: doors.a.otp: a scan of 128 ports uses up what a client would knock " +
      "with (more ports)",
    ],
    [
      "a scan of a part of the range completes a sequence now and then",
      OTP + '[doors.a.otp]\nlength = 32\nports = "10000-10149"',
      "warning 5:10: doors.a.otp: one of 34 scans of 132 ports uses up what a client would " +
      "knock with (more ports)",
    ],
    [
      "no tolerance is infinite tolerance",
      OTP + "tolerance = -1\n[doors.a.otp]",
      "error 6:10: doors.a.otp: guessing a sequence takes 0 bits; at least 40 are needed " +
      "(more ports, a longer sequence, a smaller window or less tolerance)",
    ],
    [
      "the same name and the same secret",
      OTP + `[doors.a.otp]\n[doors.a.clients.AL]\nsecret = "${SECRET.toLowerCase()}="`,
      "error 6:18: doors.a.clients.AL: there is a client al already; case does not count",
      "error 6:18: doors.a.clients.AL: this client has the same secret as al",
    ],
    [
      "a name that a command could take for an option",
      OTP + `[doors.a.otp]\n[doors.a.clients.-x]\nsecret = "${"A".repeat(52)}"`,
      "error 6:18: doors.a.clients.-x: a client's name has 1 to 64 of A-Z a-z 0-9 . _ @ -, " +
      "the first a letter or digit",
    ],
    [
      "a secret too short",
      OTP + '[doors.a.otp]\n[doors.a.clients.bo]\nsecret = "JBSWY3DP"',
      "error 7:10: doors.a.clients.bo.secret: the secret has 5 bytes; at least 16 are " +
      "needed (take the client out of the config; then: knockd enroll a bo)",
    ],
    [
      "a label that derivations can't take",
      `[doors."a b"]\ncommand = "x"\n[doors."a b".otp]\n[doors."a b".clients.al]\n` +
      `secret = "${SECRET}"`,
      'error 1:8: doors."a b": the label of a door with an otp table has 1 to 64 of ' +
      "A-Z a-z 0-9 . _ - (give the door a label, or another name)",
    ],
  ));

Deno.test("doors that take one counter of one secret are warned of", () => {
  const door = (name: string, label: string, otp = "") =>
    `[doors.${name}]\ncommand = "x"\nlabel = "${label}"\n[doors.${name}.otp]\n${otp}\n` +
    `[doors.${name}.clients.al]\nsecret = "${SECRET}"\n`;
  const warning =
    "warning 13:18: doors.b.clients.al: al of door a has this secret under " +
    "the same label: what opens one opens no other (a label or a secret for each door, or " +
    "one door that does both)";
  return eachRow(
    ["one label", door("a", "x") + door("b", "x"), warning],
    ["other ports", door("a", "x") + door("b", "x", 'ports = "1-40000"'), warning],
    ["two labels", door("a", "x") + door("b", "y")],
    ["two clocks", door("a", "x") + door("b", "x", "period = 60")],
  );
});

Deno.test("what is likely a mistake is warned of, and the config still loads", () =>
  eachRow(
    ["no door", "", "warning there is no door in it"],
    [
      "no command",
      '[doors.a]\nsequence = "1,2"',
      "warning 1:8: doors.a: no command runs when this door opens",
    ],
    [
      "a time that means nothing",
      DOOR + "cmd_timeout = 5",
      "warning 4:1: doors.a.cmd_timeout: this means nothing without a stop_command",
    ],
    [
      "two doors for one knock",
      DOOR + '[doors.b]\nsequence = [1, 2, "3:tcp"]\ncommand = "x"',
      "warning 5:12: doors.b.sequence: this knock opens the door a too",
    ],
    [
      "a sleep that outlasts the command's time",
      DOOR.replace('"x"', '"open; sleep 10; sleep 0.5m; close"'),
      "warning 3:11: doors.a.command: it sleeps for 40 s and is killed after 30: what it " +
      "opened before stays open (close by stop_command and cmd_timeout, or set " +
      "command_timeout = 0)",
    ],
    [
      "a sleep that nothing cuts short",
      DOOR.replace('"x"', '"sleep 40"\ncommand_timeout=0'),
    ],
    [
      "a sleep before a stop command",
      DOOR.replace('"x"', '"sleep 40"\nstop_command="y"'),
    ],
    [
      "one port",
      '[doors.a]\nsequence = "1"\ncommand = "x"',
      "warning 2:12: doors.a.sequence: a single port opens this door: so does any scan " +
      "that hits it",
    ],
    [
      "a label that means nothing",
      DOOR + 'label = "x"',
      "warning 4:1: doors.a.label: a label means something on a door with an otp table " +
      "only",
    ],
    [
      "a port of the range is ignored",
      "[options]\nignore_ports = [20000]\n" + OTP + "[doors.a.otp]",
      "warning 7:10: doors.a.otp.ports: port 20000 is in ignore_ports; a sequence with " +
      "it does not open this door",
    ],
  ));

const CLOSING = DOOR + 'stop_command = "y"\n[doors.b]\nsequence = [4]\ncommand = "x"\n';
const ONE_PORT =
  "warning 6:12: doors.b.sequence: a single port opens this door: so does " +
  "any scan that hits it";

Deno.test("a door closes only doors that are there and close by themselves", () =>
  eachRow(
    [
      "one, and nothing else to do",
      CLOSING.replace('x"\n[', 'x"\n[')
        .replace(/command = "x"\n$/, 'closes = "a"'),
      ONE_PORT,
    ],
    ["several", CLOSING + 'closes = ["a"]', ONE_PORT],
    [
      "a letter is missing",
      CLOSING.replaceAll("doors.a", "doors.ssh") + 'closes = ["shh"]',
      ONE_PORT,
      'error 8:10: doors.b.closes: there is no door "shh" (ssh?)',
    ],
    [
      "itself",
      CLOSING + 'closes = "b"',
      ONE_PORT,
      "error 8:10: doors.b.closes: a door can't close itself",
    ],
    [
      "a door of no stop command",
      DOOR + '[doors.b]\nsequence = [4, 5]\ncloses = "a"',
      "error 6:10: doors.b.closes: door a does not close by itself: it has no stop_command",
    ],
    [
      "not a name",
      CLOSING + "closes = 5",

      "error 8:10: doors.b.closes: expected a door's name or an array of them, found a number",
    ],
  ));

Deno.test("what a knock on the open door does is said only of doors that close", () =>
  eachRow(
    [
      "no stop command",
      DOOR + 'again = "run"',
      "error 4:1: doors.a.again: this means nothing without a stop_command",
    ],
    [
      "another word",
      DOOR + 'stop_command = "y"\nagain = "never"',
      'error 5:9: doors.a.again: expected "extend" or "run"',
    ],
    [
      "no room at all",
      DOOR + "max_open = 0",
      "error 4:12: doors.a.max_open: 0 is below 1",
    ],
  ));

Deno.test("ports for the kernel to open, and who needs no knock, are judged", () => {
  const open = (lines: string) => `[doors.a]\nsequence = "1,2,3"\n${lines}`;
  return eachRow(
    [
      "above",
      open('open = "70000"'),
      "error 3:8: doors.a.open: port 70000 is above 65535",
    ],
    [
      "zero",
      open("open = 0"),
      "error 3:8: doors.a.open: port 0 can't be opened; ports are 1 to 65535",
    ],
    [
      "a protocol without ports to open",
      open('open = "22, 23:sctp"'),
      'error 3:13: doors.a.open: "sctp" is not tcp or udp',
    ],
    ["empty", open("open = []"), "error 3:8: doors.a.open: there is no port to open"],
    ["blank", open('open = " "'), "error 3:8: doors.a.open: there is no port to open"],
    [
      "an element",
      open('open = [22, "23-20"]'),
      "error 3:13: doors.a.open[1]: the range ends below its start",
    ],
    [
      "thousands",
      open(`open = [${Array(3000).fill("1").join(",")}]`),
      "error 3:8: doors.a.open: 3000 ports; a door opens 128 at most (a range counts as one)",
    ],
    [
      "thousands in a text",
      open(`open = "${Array(129).fill("1").join(",")}"`),
      "error 3:265: doors.a.open: 129 ports; a door opens 128 at most " +
      "(a range counts as one)",
    ],
    [
      "UDP can't be counted",
      open('open = "22, 53:udp"\nconnections = 1'),
      "error 4:1: doors.a.connections: UDP has no connections to count; " +
      "this takes TCP ports only",
    ],
    [
      "more than one connection",
      open("open = 22\nconnections = 2"),
      "error 4:15: doors.a.connections: 2 is above 1",
    ],
    [
      "no network",
      open('open = 22\nallow = ["10.0.0.0/8", "10.0.0.1/8", "lan"]'),
      "error 4:24: doors.a.allow[1]: 10.0.0.1 is not the first address of its network; " +
      "write 10.0.0.0/8",
      "error 4:38: doors.a.allow[2]: this is not an IPv4 or IPv6 address or network",
    ],
    [
      "without open",
      open('command = "x"\nallow = "10.0.0.0/8"\nconnections = 1'),
      "error 4:1: doors.a.allow: this means nothing without open",
      "error 5:1: doors.a.connections: this means nothing without open",
    ],
    [
      "no time",
      open("open = 22\ncmd_timeout = 0"),
      "error 4:15: doors.a.cmd_timeout: the kernel opens for a second at least",
    ],
    [
      "more than a set takes",
      open("open = 22\nmax_open = 65537"),
      "error 4:12: doors.a.max_open: the kernel opens for 65536 addresses at most",
    ],
    [
      "for everybody",
      open('open = 22\nallow = ["10.0.0.0/8", "0.0.0.0/0"]'),
      "warning 4:9: doors.a.allow: everybody needs no knock, over IPv4: nothing is shut",
    ],
    [
      "below the first port",
      open("open = -1"),
      'error 3:8: doors.a.open: "-1" is not a port number',
    ],
    [
      "no identifier",
      `[options]\ntable = "1ab"\n${open("open = 22")}`,
      "error 2:9: options.table: the name of a table has up to 32 of A-Z a-z 0-9 _ " +
      "and begins with a letter",
    ],
    [
      "a word of nft's",
      `[options]\ntable = "drop"\n${open("open = 22")}`,
      "error 2:9: options.table: drop is a word of nft's own; take another name",
    ],
    ["all is well", open('open = "22, 8000-8010, 53:udp"\nallow = "fd00::/8"')],
  );
});
