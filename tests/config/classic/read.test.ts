import { deepEqual, equal } from "node:assert/strict";
import type { Door } from "../../../lib/core/door.ts";
import { doorsOf, inDirectory, linesAbout, load } from "../files.ts";
import { loadConfig } from "../../../lib/config/load.ts";
import { manualsExample } from "./manuals_examples.ts";

const sequence = (...ports: (number | [number, "udp"])[]) =>
  ports.map((port) =>
    typeof port === "number"
      ? { port, protocol: "tcp" as const }
      : { port: port[0], protocol: port[1] }
  );

/** What knockd.conf leaves to its defaults. */
function classicDoor(name: string, parts: Partial<Door>): Door {
  return {
    name,
    label: name,
    key: { kind: "static", sequence: [] },
    seqTimeout: 25,
    tcpFlags: { mask: 0, value: 0 },
    tolerance: 2,
    cmdTimeout: 10,
    again: "run",
    failedStart: "log",
    closes: [],
    maxOpen: 1024,
    cooldown: 0,
    commandTimeout: 0,
    onExit: "close",
    ...parts,
  };
}

/** Loads an example of the manual, of which these findings are said, by name. */
async function example(
  name: Parameters<typeof manualsExample>[0],
  directory: string,
  ...said: string[]
) {
  const { config, problems } = await loadConfig(await manualsExample(name, directory));
  deepEqual(problems.map(({ name }) => name), said);
  return config!;
}

Deno.test("the config that Debian ships loads without a word", () =>
  inDirectory(async (directory) => {
    const { options, doors } = await example("Debian's knockd.conf", directory);
    deepEqual(options, {
      interfaces: [],
      logFormat: "text",
      logTime: "minute",
      useSyslog: true,
      historyDays: 90,
      historyRows: 100_000,
      table: "knockd",
      ignorePorts: [],
    });
    const add = "/sbin/iptables -A INPUT -s %IP% -p tcp --dport 22 -j ACCEPT";
    deepEqual(
      doors[0],
      classicDoor("openSSH", {
        key: { kind: "static", sequence: sequence(7000, 8000, 9000) },
        seqTimeout: 5,
        tcpFlags: { mask: 2, value: 2 },
        start: { ipv4: add, ipv6: add },
      }),
    );
    deepEqual(doors.map((door) => door.name), ["openSSH", "closeSSH", "openHTTPS"]);
  }));

Deno.test("example 2 of knockd(1) opens and closes", () =>
  inDirectory(async (directory) => {
    const name = "example 2 of knockd(1)";
    const { doors: [door] } = await example(name, directory, "syn-and-ack");
    const start = "/usr/sbin/iptables -A INPUT -s %IP% -p tcp --syn -j ACCEPT";
    const stop = "/usr/sbin/iptables -D INPUT -s %IP% -p tcp --syn -j ACCEPT";
    deepEqual(
      door,
      classicDoor("opencloseSSH", {
        key: { kind: "static", sequence: sequence([2222, "udp"], 3333, [4444, "udp"]) },
        seqTimeout: 15,
        tcpFlags: { mask: 0x12, value: 0x12 },
        start: { ipv4: start, ipv6: start },
        stop: { ipv4: stop, ipv6: stop },
        cmdTimeout: 5,
      }),
    );
  }));

Deno.test("example 4 of knockd(1) has a sequence file and commands for IPv6", () =>
  inDirectory(async (directory) => {
    const { doors: [door] } = await example("example 4 of knockd(1)", directory);
    const rule = "INPUT -s %IP% -p tcp --dport 25 -j ACCEPT";
    const [ipv4, ipv6] = ["/usr/sbin/iptables", "/usr/sbin/ip6tables"];
    deepEqual(
      door,
      classicDoor("opencloseSMTP", {
        key: { kind: "file", path: `${directory}/smtp_sequences` },
        seqTimeout: 15,
        tcpFlags: { mask: 0x11, value: 0x01 },
        start: { ipv4: `${ipv4} -A ${rule}`, ipv6: `${ipv6} -A ${rule}` },
        stop: { ipv4: `${ipv4} -D ${rule}`, ipv6: `${ipv6} -D ${rule}` },
        cmdTimeout: 5,
      }),
    );
  }));

Deno.test("what knockd 0.8 was seen to take is taken", async () => {
  const rows: [why: string, text: string, expected: Partial<Door>][] = [
    ["any case of directives", "[a]\nSEQUENCE=1,2\nSeq_TIMEOUT = 7\nCommand=x", {
      seqTimeout: 7,
      start: { ipv4: "x", ipv6: "x" },
    }],
    ["carriage returns", "[a]\r\nsequence=1,2\r\ncommand = x\r\n", {
      start: { ipv4: "x", ipv6: "x" },
    }],
    ["spaces in a sequence", "[a]\nsequence= 1 , 2 : tcp\ncommand=x", {}],
    ["# is a comment at the start alone", "[a]\nsequence=1,2\ncommand=a=b # %IP%", {
      start: { ipv4: "a=b # %IP%", ipv6: "a=b # %IP%" },
    }],
    ["what follows a number", "[a]\nsequence=1,2 # two\ntimeout=5 s\ncommand=x", {
      seqTimeout: 5,
    }],
    ["more than a year", "[a]\nsequence=1,2\ncommand=x\ntimeout=999999999", {
      seqTimeout: 31_536_000,
    }],
    ["a third part of a port", "[a]\nsequence=1,2:tcp:udp\ncommand=x", {}],
    ["the last of two", "[a]\nsequence=9\nsequence=1,2\ncommand=y\nstart_command=x", {}],
    ["flags add up", "[a]\nsequence=1,2\ntcpflags=syn,ack\nTCPFlags=!ack\ncommand=x", {
      tcpFlags: { mask: 0x12, value: 0x02 },
    }],
    ["an empty command_6", "[a]\nsequence=1,2\ncommand=x\ncommand_6 =\nstop_command=y", {
      start: { ipv4: "x" },
      stop: { ipv4: "y" },
    }],
    ["quotes with nothing in them", '[a]\nsequence=1,2\ncommand=x\ncommand_6 = ""\n', {
      start: { ipv4: "x" },
    }],
    ["no command_6", "[a]\nsequence=1,2\ncommand=x\nstop_command=y\nstop_command_6=z", {
      start: { ipv4: "x", ipv6: "x" },
      stop: { ipv4: "y", ipv6: "z" },
    }],
    ["IPv6 alone", "[a]\nsequence=1,2\ncommand_6=x\nstop_command=y", {
      start: { ipv6: "x" },
      stop: { ipv6: "y" },
    }],
    ["a stop that never runs", "[a]\nsequence=1,2\nstop_command=y", {}],
    ["UseSyslog in a door", "[a]\nsequence=1,2\nusesyslog\ncommand=x", {}],
    ["a target", "[a]\nsequence=1,2\ntarget = 10.0.0.9\ncommand=x", {}],
    ["a fork's cooldown", "[a]\nsequence=1,2\nSeq_Cooldown = 15\ncommand=x", {
      cooldown: 15,
    }],
    ["its other name", "[a]\nsequence=1,2\nCooldown = 15\ncommand=x", {
      cooldown: 15,
    }],
    ["max_open of ours", "[a]\nsequence=1,2\ncommand=x\nMax_Open = 5000", {
      maxOpen: 5000,
    }],
    ["tolerance of ours", "[a]\nsequence=1,2\ncommand=x\nTolerance=-1", {
      tolerance: -1,
    }],
    ["a service's name behind a port", "[a]\nsequence=1/tcp, 2\ncommand=x", {}],
    ["a backslash that nothing follows", "[a]\ncommand=x \\\nsequence=1,2", {
      start: { ipv4: "x \\", ipv6: "x \\" },
    }],
    ["closing at once", "[a]\nsequence=1,2\ncommand=x\nstop_command=y\ncmd_timeout=0", {
      cmdTimeout: 0,
    }],
  ];
  for (const [why, text, expected] of rows) {
    const [door, ...others] = await doorsOf(text, "knockd.conf");
    equal(others.length, 0, why);
    deepEqual(door?.key, { kind: "static", sequence: sequence(1, 2) }, why);
    for (const [key, value] of Object.entries(expected)) {
      deepEqual(door?.[key as keyof Door], value, `${why}: ${key}`);
    }
  }
});

Deno.test("an option is taken without its quotes, as one that knockd 0.8 runs without", async () => {
  const { config } = await load(
    '[options]\nLogFile = "/var/log/knockd.log"\nPidFile = ""\nInterface = “eth0”\n' +
      "[a]\nsequence=1,2\ncommand=x",
    "knockd.conf",
  );
  equal(config?.options.logFile, "/var/log/knockd.log");
  equal(config?.options.pidFile, undefined);
  deepEqual(config?.options.interfaces, ["eth0"]);
});

Deno.test("several interfaces in a knockd.conf are all listened on", async () => {
  const heard = async (said: string) => {
    const text = `[options]\nInterface = ${said}\n[a]\nsequence=1,2\ncommand=x`;
    return (await load(text, "knockd.conf")).config?.options.interfaces;
  };
  deepEqual(await heard("eth0,wlan0"), ["eth0", "wlan0"]);
  deepEqual(await heard("eth0 wlan0  # both"), ["eth0", "wlan0"]);
  deepEqual(await heard("#eth0"), []);
});

Deno.test("of two interfaces in a knockd.conf the first is listened on, as by knockd 0.8", async () => {
  const text = "[options]\nInterface =\nInterface = eth0\nInterface = wlan0\n" +
    "LogFile = /x\nLogFile = /y\n[a]\nsequence=1,2\ncommand=x\n";
  const options = (await load(text, "knockd.conf")).config?.options;
  deepEqual([options?.interfaces, options?.logFile], [["eth0"], "/y"]);
});

Deno.test("two classic doors of one name are told apart", async () => {
  const door = (name: string, ports: string) =>
    `[${name}]\nsequence=${ports}\ncommand=x\n`;
  const text = door("a", "1,2") + door("A", "3,4") + door("a (2)", "5,6");
  const doors = await doorsOf(text, "knockd.conf");
  deepEqual(doors.map((door) => door.name), ["a", "A (2)", "a (2) (2)"]);
  deepEqual(await linesAbout(text, "knockd.conf"), [
    "warning knockd.conf:4:1: A: the door of line 1 has this name; " +
    'this one is called "A (2)" from here on',
    'warning knockd.conf:7:1: "a (2)": the door of line 4 has this name; ' +
    'this one is called "a (2) (2)" from here on',
  ]);
});

Deno.test("what is wrong with a knockd.conf is reported where it is", async () => {
  const rows: [why: string, text: string, ...expected: string[]][] = [
    [
      "no section",
      "sequence = 1,2\n[a]\nsequence=1,2\ncommand=x",
      "error 1:1: this is before the first section, such as [options] or [openSSH]",
    ],
    [
      "an access.conf of fwknop's",
      "SOURCE ANY\nOPEN_PORTS tcp/22\n",
      "error 1:1: this is before the first section, such as [options] or [openSSH] " +
      "(knockd import makes a knock.toml of fwknop's access.conf)",
    ],
    [
      "a section without a name",
      "[]\n[a]\nsequence=1,2\ncommand=x",
      "error 1:1: the section has no name ([options], or the name of a door)",
    ],
    [
      "no sequence",
      "[a]\ncommand=x",
      "error 1:1: a: nothing opens this door (give it a sequence or one_time_sequences)",
    ],
    [
      "unknown directives",
      "[options]\n  logfiel = x\n[a]\nsequence=1,2\n\tcomand=x",
      'error 2:3: options: unknown directive "logfiel" (did you mean logfile?)',
      'error 5:2: a: unknown directive "comand" (did you mean command?)',
    ],
    [
      "a colon for an equals sign",
      "[a]\nsequence: 1,2\nsequence=1,2\ncommand=x",
      'error 2:1: a: unknown directive "sequence: 1,2" (write = after the name)',
    ],
    [
      "no equals sign at all",
      "[a]\nsequence 1,2\nsequence=1,2\ncommand=x",
      'error 2:1: a: unknown directive "sequence 1,2" (write = after the name)',
    ],
    [
      "a comment behind a directive",
      "[options]\nUseSyslog ; here\n[a]\nsequence=1,2\ncommand=x",
      "error 2:1: options: unknown directive " +
      '"usesyslog ; here" (a comment stands on a line of its own)',
    ],
    [
      "a directive of the other kind of section",
      "[options]\nsequence = 1,2\n",
      'error 2:1: options: unknown directive "sequence" (known here: usesyslog, logfile, ' +
      "pidfile, interface)",
    ],
    [
      "ports, each at its place",
      "[a]\nsequence = 1, 70000 ,x,9:sctp,\ncommand=x",
      "error 2:15: a.sequence[1]: port 70000 is above 65535",
      'error 2:22: a.sequence[2]: "x" is not a port number',
      'error 2:24: a.sequence[3]: "sctp" is not tcp or udp',
      'error 2:31: a.sequence[4]: "" is not a port number',
    ],
    [
      "too many ports",
      `[a]\nsequence=${"1,".repeat(32)}1\ncommand=x`,
      "error 2:74: a.sequence[32]: 33 ports; there can be 32 at most",
    ],
    [
      "times",
      "[a]\nsequence=1,2\ncommand=x\nseq_timeout=0\ncmd_timeout=soon",
      "error 4:13: a.seq_timeout: 0 is below 1",
      "error 5:13: a.cmd_timeout: expected a number of seconds",
    ],
    [
      "times and tolerance beyond the most there is",
      "[a]\nsequence=1,2\ncommand=x\nseq_timeout=999999999\ntolerance=65",
      "warning 4:13: a.seq_timeout: this is taken for a year",
      "error 5:11: a.tolerance: more than 64 ports",
    ],
    [
      "no value",
      "[options]\nlogfile\nusesyslog = yes\n[a]\nsequence=1,2\ncommand",
      "error 2:1: options.logfile: a value is missing (logfile = …)",
      "error 3:13: options.usesyslog: this directive has no value (write UseSyslog alone " +
      "on its line)",
      "error 6:1: a.command: a value is missing (command = …)",
    ],
    [
      "flags",
      "[a]\nsequence=1,2\ncommand=x\ntcpflags =\ntcpflags = syn;ack",
      'error 5:12: a.tcpflags: "syn;ack" is not a TCP flag; the flags are fin, syn, rst, ' +
      "psh, ack, urg, ece, cwr",
      "error 5:12: a.tcpflags: the flags are missing",
    ],
    [
      "a target that is a name",
      "[a]\nsequence=1,2\ncommand=x\ntarget=foo",
      "error 4:8: a.target: this is not an IPv4 or IPv6 address",
    ],
    [
      "a file that is not there",
      "[a]\none_time_sequences=nofile\ncommand=x",
      "error 2:20: a.one_time_sequences: nofile: the sequences can't be read: No such " +
      "file or directory",
    ],
    ...["7000 8000 9000", "7000;8000", "7000.8000", "7000/8000", "7000 , 8000 9000"].map(
      (ports): [string, string, string] => [
        "commas forgotten, where knockd 0.8 makes a door of the first port",
        `[a]\ncommand=x\nsequence=${ports}`,
        ports.startsWith("7000 ,")
          ? 'error 3:17: a.sequence[1]: "8000 9000" is not a port number; commas stand ' +
            "between ports, as 7000,8000:udp"
          : `error 3:10: a.sequence[0]: "${ports}" is not a port number; commas stand ` +
            "between ports, as 7000,8000:udp",
      ],
    ),
    [
      "a range, and a protocol after a slash",
      "[a]\ncommand=x\nsequence=7000-7002,8000/udp",
      'error 3:10: a.sequence[0]: "7000-7002" is not a port number; every port of a range ' +
      "is written out",
      'error 3:20: a.sequence[1]: "8000/udp" is not a port number; write 8000:udp',
    ],
    [
      "comments of other formats",
      "; doors\n[a]\n// three ports\nsequence=1,2\n  ;command=y\ncommand=x",
      "error 1:1: a comment starts with #, not with ; (put a # in the place of the ;)",
      "error 3:1: a comment starts with #, not with // (put a # in the place of the //)",
      "error 5:3: a comment starts with #, not with ; (put a # in the place of the ;)",
    ],
    [
      "a comment behind a section's name",
      "[a] # my door\nsequence=1,2\ncommand=x\n[b\nsequence=3,4\ncommand=x",
      "error 1:4: nothing can follow a section's name on its line (a comment has a line of " +
      "its own, and so has a directive)",
      "error 4:1: the bracket is not closed ([name] stands alone on its line)",
    ],
    [
      "lines that go on",
      "[a]\nsequence=1,2\ncommand = iptables -A INPUT \\\n  -s %IP% \\\n  -j ACCEPT\n" +
      "stop_command=y",
      "error 3:29: a line can't be continued on the next one (write it in one line, or put " +
      "the command into a script)",
    ],
    [
      "quotes",
      '[options]\nlogfile = "/x"\ninterface = "eth0"\npidfile=""\n[a]\nsequence = “1,2”\ncommand = "x"\ntarget = \'::1\'',
      "warning 2:11: options.logfile: the quotes are left out (write it without quotes)",
      "warning 3:13: options.interface: the quotes are left out (write it without quotes)",
      "warning 4:9: options.pidfile: the quotes are left out (write it without quotes)",
      "error 6:12: a.sequence: the quotes are taken for a part of the value (write it " +
      "without quotes)",
      "error 8:10: a.target: the quotes are taken for a part of the value (write it " +
      "without quotes)",
    ],
    [
      "spaces of a web page",
      "[options]\n\u00a0\n\u00a0\u00a0UseSyslog\n\u200b[my\u00a0door]\n" +
      "sequence =\u00a01,2\ncommand = a\u00a0b\n",
      ...["2:1", "3:1", "4:1", "5:11"].map((at) =>
        `error ${at}: this line can't be read (it has a space that is none, as ` +
        "web pages have them: type the line anew)"
      ),
      'warning 6:12: "my door".command: a no-break space is no space to a shell; it takes ' +
      "it for a letter (write a space)",
    ],
    [
      "an option twice",
      "[options]\nlogfile=/x\nLogFile=/y\n[a]\nsequence=1,2\ncommand=x\n[OPTIONS]\n" +
      "interface=lo\ninterface=eth0",
      "warning 3:1: options.logfile: logfile is set twice; this one holds",
      "warning 9:1: options.interface: interface is set twice; the first one " +
      "holds (several stand on one line: eth0, wlan0)",
    ],
    [
      "a comment after a protocol",
      "[a]\nsequence = 7000,8000:udp   # the ports of this year\ncommand=x",
      "error 2:17: a.sequence[1]: the comment is taken for a part of the protocol; put it " +
      "on a line of its own",
    ],
    [
      "a comment after an interface",
      "[options]\ninterface = eth0   # the outer one\n[a]\nsequence=1,2\ncommand=x",
      "warning 2:13: options.interface: the comment is left out (a comment stands on a line " +
      "of its own)",
    ],
    ...[
      ['"eth0', "the quotes are taken for a part of the name (write eth0 without them)"],
      ["eth0, eth0", "eth0 is named twice"],
      ["eth0 any", '"any" is all interfaces; nothing can be beside it'],
      [
        "eth0@if12",
        'what follows the @ is the other end, as "ip link" shows it (the ' +
        "interface is eth0)",
      ],
      [
        "/dev/eth0",
        "an interface has up to 15 characters without spaces and slashes (a " +
        'name that "ip link" lists first)',
      ],
    ].map(([name, said]): [string, string, string] => [
      `the interface ${name}`,
      `[options]\ninterface=${name}\n[a]\nsequence=1,2\ncommand=x`,
      `error 2:11: options.interface: ${said}`,
    ]),
    [
      "what is read in part, or not at all",
      "[a]\nsequence=1,2 #\ncommand=x\nseq_timeout=5s\ncmd_timeout=1\ncommand=y\n",
      "warning 2:12: a.sequence[1]: only 2:tcp of this is read",
      "warning 4:13: a.seq_timeout: only 5 of this is read",
      "warning 5:1: a.cmd_timeout: this means nothing without a stop_command",
      "warning 6:1: a.command: start_command is set twice; this one holds",
    ],
  ];
  for (const [why, text, ...expected] of rows) {
    const said = (await linesAbout(text, "knockd.conf")).map((line) =>
      line.replace(/knockd\.conf: ?/, "")
    );
    deepEqual({ why, said: said.toSorted() }, { why, said: expected.toSorted() });
  }
});

Deno.test("directives named like an object's own are unknown, not obeyed", async () => {
  const said = await linesAbout("[a]\nconstructor = 1\nsequence=1,2\n", "knockd.conf");
  equal(
    said[0]?.startsWith('error knockd.conf:2:1: a: unknown directive "constructor"'),
    true,
  );
});

Deno.test("a fork's Seq_Cooldown is the cooldown", async () => {
  const text = "[a]\nsequence=1,2\ncommand=x\nSeq_Cooldown = 7\n";
  const [door] = await doorsOf(text, "knockd.conf");
  equal(door?.cooldown, 7);
});

Deno.test("Open in a knockd.conf is the kernel's to open", async () => {
  const conf = (open: string) => `[a]\nSequence = 1,2,3\nOpen = ${open}\n`;
  const [door] = await doorsOf(conf("22, 5353:udp"), "knockd.conf");
  deepEqual(door?.kernel, {
    ports: [
      { first: 22, last: 22, protocol: "tcp" },
      { first: 5353, last: 5353, protocol: "udp" },
    ],
    allow: [],
    connections: 0,
  });
  deepEqual(await linesAbout(conf("22, ssh"), "knockd.conf"), [
    'error knockd.conf:3:12: a.open: "ssh" is not a port number; write 22',
  ]);
});
