import { deepEqual, equal, match, rejects } from "node:assert/strict";
import fc from "fast-check";
import { anyText } from "../any_text.ts";
import { loadConfig, loadConfigOrThrow } from "../../lib/config/load.ts";
import { formatProblem } from "../../lib/config/problems.ts";
import { UsageError } from "../../lib/core/failure.ts";
import { serviceGroup } from "../../lib/files/service_ids.ts";
import { inDirectory, lines, linesAbout, load, SECRET } from "./files.ts";

const DOOR = '[doors.a]\nsequence = "1,2,3"\ncommand = "x"\n';
const CLASSIC = "[a]\nsequence=1,2,3\ncommand=x\n";

Deno.test("a file that can't be read is a clear error without a place in it", () =>
  inDirectory(async (directory) => {
    const about = async (path: string) =>
      (await loadConfig(path)).problems.map(formatProblem);
    const missing = `${directory}/no.toml`;
    deepEqual(await about(missing), [
      `${missing}: the file can't be read: No such file or directory (knockd init makes a ` +
      "first one; --config names another)",
    ]);
    deepEqual(await about(directory), [
      `${directory}: this is a directory, not a file (name a file with the text)`,
    ]);
  }));

Deno.test("a file that is no text is refused, with the place where it stops being it", async () => {
  const encoder = new TextEncoder();
  const rows: [string, Uint8Array, string][] = [
    [
      "a NUL",
      encoder.encode("# a\n# \0"),
      "2:3: this is no text file: it has a NUL byte",
    ],
    [
      "Latin-1",
      Uint8Array.of(0x23, 0x0a, 0x23, 0xe9, 0x0a),
      "2:2: this is not UTF-8 text (save it as UTF-8)",
    ],
    [
      "cut",
      Uint8Array.of(0x23, 0xe2, 0x82),
      "1:2: this is not UTF-8 text (save it as UTF-8)",
    ],
    [
      "a half pair",
      Uint8Array.of(0x23, 0xed, 0xa0, 0x80),
      "1:2: this is not UTF-8 text (save it as UTF-8)",
    ],
    [
      "huge",
      new Uint8Array(4 * 1024 * 1024 + 1).fill(0x0a),
      "has more than 4194304 bytes",
    ],
  ];
  for (const [why, bytes, expected] of rows) {
    // What is a comment in a knockd.conf may be in any encoding.
    const classic = /NUL|more than/.test(expected) ? ["knockd.conf"] : [];
    for (const name of ["knock.toml", ...classic]) {
      const said = lines(await load(bytes, name));
      equal(said.length, 1, why);
      equal(said[0]?.endsWith(expected), true, `${why}: ${said[0]}`);
    }
  }
});

Deno.test("a pipe is refused, and nobody waits for its other end", () =>
  inDirectory(async (directory) => {
    for (const name of ["knock.toml", "knockd.conf"]) {
      const path = `${directory}/${name}`;
      await new Deno.Command("mkfifo", { args: [path] }).output();
      deepEqual((await loadConfig(path)).problems.map(formatProblem), [
        `${path}: this is a pipe, not a file (name a file with the text)`,
      ]);
    }
    const path = `${directory}/a.conf`;
    await Deno.writeTextFile(path, "[a]\none_time_sequences=knockd.conf\ncommand=x");
    match(lines(await loadConfig(path))[0]!, /this is not a file of sequences/);
  }));

Deno.test("Latin-1 in a knockd.conf is fine in a comment, and else a warning", async () => {
  const latin1 = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0));
  const comments = latin1(`# caf\xe9\n${CLASSIC}  # \xa4 \x9f\n`);
  deepEqual(lines(await load(comments, "knockd.conf")), []);
  const command = latin1("[a]\nsequence=1,2,3\n# \xfc\ncommand=wall caf\xe9\n");
  const loaded = await load(command, "knockd.conf");
  deepEqual(lines(loaded), [
    "warning knockd.conf:4:1: this line is not UTF-8; it is read as Latin-1",
  ]);
  equal(loaded.config?.doors[0]?.start?.ipv4, "wall café");
});

Deno.test("a config under the other format's name is one error with what to do", async () => {
  const rows: [name: string, text: string, said: string][] = [
    [
      "a.toml",
      "[options]\n UseSyslog\n[my door]\n sequence = 1,2,3\n command = x y",
      "error a.toml: this is a knockd.conf, but a file whose name ends in .toml is read as " +
      "TOML (rename it to knockd.conf)",
    ],
    [
      "a.conf",
      DOOR,
      "error a.conf: this is TOML, but only a file whose name ends in .toml is read as such " +
      "(rename it to knock.toml)",
    ],
  ];
  for (const [name, text, said] of rows) {
    deepEqual(lines(await load(text, name)), [said]);
  }
});

Deno.test("what people mistype in TOML is said with its fix", async () => {
  const rows: [line: string, hint: string][] = [
    ["sequence = “1,2,3”", `(write " in the place of the curly quotes)`],
    ["seq_timeout = 30s", "(a number of seconds has no unit: 30)"],
    ["command = iptables -A", '(a text stands in quotes: "…")'],
    ["; a comment", "(a comment starts with #)"],
    ["  // a comment", "(a comment starts with #)"],
  ];
  for (const [line, hint] of rows) {
    const [said, ...more] = await linesAbout(`${DOOR}[doors.b]\n${line}\n`);
    equal(more.length, 0, line);
    equal(said?.endsWith(hint), true, said);
    equal(said?.startsWith("error knock.toml:5:"), true, said);
  }
});

Deno.test("a byte order mark is no part of either format", async () => {
  deepEqual((await load(`\uFEFF${DOOR}`)).problems, []);
  deepEqual((await load(`\uFEFF${CLASSIC}`, "knockd.conf")).problems, []);
});

/** Where the service has a user of its own, it goes on reading what is root's. */
function narrowing(path: string): string {
  const shared = Deno.uid() === 0 && serviceGroup() !== undefined;
  return shared ? `chgrp knockd ${path} && chmod 640 ${path}` : `chmod 600 ${path}`;
}

Deno.test("a config with a secret is refused when others may open it", () =>
  inDirectory(async (directory) => {
    const path = `${directory}/knock.toml`;
    const text = `[doors.a]\ncommand = "x"\n[doors.a.otp]\n[doors.a.clients.al]\n`;
    await Deno.writeTextFile(path, `${text}secret = "${SECRET}"\n`);
    for (const mode of [0o640, 0o604, 0o610, 0o602, 0o777]) {
      await Deno.chmod(path, mode);
      deepEqual((await loadConfig(path)).problems.map(formatProblem), [
        `${path}:5:1: doors.a.clients.al.secret: the file holds a secret and others may ` +
        `open it (mode 0${mode.toString(8)}) (${narrowing(path)})`,
      ]);
    }
    await Deno.chmod(path, 0o600);
    deepEqual((await loadConfig(path)).problems, []);
    await Deno.writeTextFile(path, DOOR);
    await Deno.chmod(path, 0o644);
    deepEqual((await loadConfig(path)).problems, [], "without a secret it may be read");
  }));

Deno.test("a secret file is refused when others may open it, and is beside the config", () =>
  inDirectory(async (directory) => {
    const path = `${directory}/knock.toml`;
    const secret = `${directory}/alice`;
    await Deno.writeTextFile(
      path,
      `[doors.a]\ncommand = "x"\n[doors.a.otp]\n[doors.a.clients.al]\nsecret_file = "alice"`,
    );
    const ENROL = "take the client out of the config; then: knockd enroll a al";
    const at = `${path}:5:15: doors.a.clients.al.secret_file: ${secret}: `;
    const about = async () => (await loadConfig(path)).problems.map(formatProblem);
    deepEqual(await about(), [
      `${at}the file can't be read: No such file or directory (${ENROL})`,
    ]);
    await Deno.writeTextFile(secret, `${SECRET}\n`, { mode: 0o644 });
    deepEqual(await about(), [
      `${at}the file holds a secret and others may open it (mode 0644) ` +
      `(${narrowing(secret)})`,
    ]);
    await Deno.chmod(secret, 0o400);
    const { config } = await loadConfig(path);
    const [key] = config!.doors.map((door) => door.key);
    equal(key?.kind === "otp" && key.clients[0]?.secret.reveal().length, 32);
    await Deno.chmod(secret, 0o600);
    await Deno.writeTextFile(secret, "1".repeat(60));
    deepEqual(await about(), [
      `${at}character 1 of the secret is not Base32 (A to Z, 2 to 7) (${ENROL})`,
    ]);
    await Deno.writeTextFile(secret, "A".repeat(5000));
    deepEqual(await about(), [`${at}the file has more than 4096 bytes (${ENROL})`]);
  }));

Deno.test("paths in a config are beside it, unless they are absolute", () =>
  inDirectory(async (directory) => {
    const path = `${directory}/knock.toml`;
    const options =
      `[options]\nlog_file = "a.log"\npid_file = "/x/a.pid"\nstate_dir = "s"\n`;
    await Deno.writeTextFile(path, options + DOOR);
    const { config } = await loadConfig(path);
    const { logFile, pidFile, stateDir, control } = config!.options;
    deepEqual([logFile, pidFile, stateDir, control], [
      `${directory}/a.log`,
      "/x/a.pid",
      `${directory}/s`,
      undefined,
    ]);
  }));

Deno.test("doors that share a sequence file are warned of", () =>
  inDirectory(async (directory) => {
    const path = `${directory}/knockd.conf`;
    const door = (name: string, file: string) =>
      `[${name}]\none_time_sequences=${file}\ncommand=x\n`;
    const doors = door("a", "s") + door("b", `${directory}/s`) + door("c", "t");
    await Deno.writeTextFile(path, doors);
    for (const file of ["s", "t"]) {
      await Deno.writeTextFile(`${directory}/${file}`, "1,2");
    }
    const { problems } = await loadConfig(path);
    deepEqual(problems.map(formatProblem), [
      `${path}:5:20: b.one_time_sequences: the door a has this file, too: what opens one ` +
      "opens no other (a file for each door, or one door that does both)",
    ]);
  }));

Deno.test("a sequence file is looked at: none left and wrong lines are warned of", () =>
  inDirectory(async (directory) => {
    const path = `${directory}/knockd.conf`;
    const file = `${directory}/s`;
    await Deno.writeTextFile(path, "[a]\none_time_sequences=s\ncommand=x");
    await Deno.writeTextFile(file, "#1,2\n");
    const about = async () => (await loadConfig(path)).problems.map(formatProblem);
    deepEqual(await about(), [
      `${path}:2:20: a.one_time_sequences: no sequence is left; this door stays shut ` +
      `(add lines to ${file})`,
    ]);
    await Deno.writeTextFile(file, "#1,2\n 1,x\n3,4\n");
    deepEqual(await about(), [`${file}:2:4: "x" is not a port number`]);
    equal((await loadConfig(path)).config?.doors.length, 1);
  }));

Deno.test("the error of a bad config shows all its errors and none of its warnings", () =>
  inDirectory(async (directory) => {
    const path = `${directory}/knock.toml`;
    await Deno.writeTextFile(path, '[doors.a]\nsequence = "1,x,y"\nlabel = "l"\n');
    await rejects(loadConfigOrThrow(path), (error) => {
      equal(error instanceof UsageError, true);
      deepEqual((error as Error).message.split("\n"), [
        `${path}:2:15: doors.a.sequence[1]: "x" is not a port number`,
        `${path}:2:17: doors.a.sequence[2]: "y" is not a port number`,
      ]);
      return true;
    });
    await Deno.writeTextFile(path, DOOR + unknownKeys(103));
    await rejects(loadConfigOrThrow(path), (error) => {
      const { message, hint } = error as UsageError;
      deepEqual([message.split("\n").length, hint], [100, "there are 3 errors more"]);
      return true;
    });
    await Deno.writeTextFile(path, DOOR);
    deepEqual((await loadConfigOrThrow(path)).warnings, []);
  }));

Deno.test("ten thousand doors load", async () => {
  const toml = Array.from(
    { length: 10_000 },
    (_, i) =>
      `[doors.d${i}]\nsequence = [${i + 1}, "${i + 2}:udp", 7]\ncommand = "x %IP%"\n`,
  );
  const classic = Array.from(
    { length: 10_000 },
    (_, i) => `[d${i}]\nsequence = ${i + 1},${i + 2}:udp,7\ncommand = x %IP%\n`,
  );
  for (const [name, text] of [["a.toml", toml], ["a.conf", classic]] as const) {
    const { config, problems } = await load(text.join(""), name);
    deepEqual([config?.doors.length, problems], [10_000, []]);
  }
});

// What takes more than its length times a constant would take hours here.
Deno.test("a config made to be hard to read is answered all the same", async () => {
  const rows: [string, string, string][] = [
    ["a key of many parts", "knock.toml", `${"a.".repeat(20_000)}b = 1`],
    [
      "a value of a megabyte",
      "knock.toml",
      `x = 1\n[doors.a]\nlabel = "${"x".repeat(1e6)}"`,
    ],
    ["many unknown keys", "knock.toml", "x.y = 1\n[options]\n" + unknownKeys(5_000)],
    [
      "many wrong ports",
      "knock.toml",
      `[doors.a]\nsequence = [${'"x",'.repeat(20_000)}]`,
    ],
    ["many doors of one name", "knockd.conf", "[a]\n".repeat(10_000)],
    ["many directives", "knockd.conf", `[a]\n${unknownKeys(5_000)}`],
    ["spaces", "knockd.conf", `[a]\nsequence = 1${" ".repeat(1e6)}x${" ".repeat(1e6)},`],
    ["spaces in flags", "knockd.conf", `[a]\ntcpflags = x${" ".repeat(1e6)}y`],
  ];
  for (const [why, name, text] of rows) {
    const { config } = await load(text, name);
    equal(config, undefined, why);
  }
});

function unknownKeys(count: number): string {
  return Array.from({ length: count }, (_, i) => `x${i} = 1\n`).join("");
}

const fragments = fc.constantFrom(
  ..."[ ] [[ ]] = . , \" ' { } # \n \r\n \t \\ : ! % -1 1e3 inf nan true 1979-05-27"
    .split(" "),
  ...[
    "\n",
    " ",
    "options",
    "doors",
    "a",
    "sequence",
    "otp",
    "clients",
    "secret",
    "command",
  ],
  ...["ports", "tcpflags", "interface", "one_time_sequences", "__proto__", "constructor"],
  ...['"1,2"', "[doors.a]", "[doors.a.otp]", "[options]", "é", "\u{1F6AA}", "\u202e"],
);

Deno.test("any text is a config or has problems, each in the file", async () => {
  const text = fc.oneof(
    anyText(),
    fc.array(fragments, { maxLength: 40 }).map((parts) => parts.join("")),
    fc.array(fragments, { maxLength: 40 }).map((parts) => DOOR + parts.join("")),
  );
  const name = fc.constantFrom("knock.toml", "knockd.conf");
  await fc.assert(
    fc.asyncProperty(text, name, async (any, name) => {
      const { config, problems } = await load(any, name);
      const errors = problems.filter((problem) => problem.severity === "error");
      equal(config === undefined, errors.length > 0);
      const last = any.split("\n").length;
      for (const problem of problems) {
        const { line, column } = problem;
        const shown = formatProblem(problem);
        equal(line <= last && (line === 0) === (column === 0), true, shown);
        equal(/[\n\p{Cc}]/u.test(shown), false, JSON.stringify(shown));
      }
    }),
    { numRuns: 150 },
  );
});

Deno.test("any bytes are a config or have problems", async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array(), async (bytes) => {
      const { config, problems } = await load(bytes);
      equal(config !== undefined || problems.length > 0, true);
    }),
    { numRuns: 100 },
  );
});

Deno.test("no message shows a secret, wherever it was put and however it was broken", async () => {
  const marker = "MARKER7SECRET";
  const secret = fc.tuple(
    fc.constantFrom("", "AAAAAAAAAAAAAAAAAAAAAAAAAA", "1", "é", "\\q", "\n", '"', " "),
    fc.constantFrom("", "A".repeat(60), "0", "=", "\\u12", "'"),
  ).map(([before, after]) => `${before}${marker}${after}`);
  const place = fc.constantFrom<(text: string) => string>(
    (text) => `secret = "${text}"`,
    (text) => `secret = '${text}'`,
    (text) => `secret = ${text}`,
    (text) => `secret = ["${text}"]`,
    (text) => `secret = { a = "${text}" }`,
    (text) => `secret = "${text}`,
    (text) => `secret = """${text}`,
    (text) => `secret = "${text}"\nsecret = "${text}"`,
    (text) => `secret_file = 3\nsecrets = "${text}"`,
    (text) => `secret = "${text}"\nsecret_file = "x"`,
    (text) => `secret = 2000-${text}`,
    (text) => `[doors.a]\nsecret = "${text}"`,
    (text) => `[options]\nsecret = "${text}"`,
    (text) => `[doors.a.otp]\nsecret = "${text}"\nlength = "${text}"\nmode = "${text}"`,
    (text) => `[doors.a]\non_exit = "${text}"\nseq_timeout = "${text}"\ncommand = 1`,
  );
  await fc.assert(
    fc.asyncProperty(secret, place, async (secret, place) => {
      const clients = "[doors.a]\n[doors.a.otp]\n[doors.a.clients.al]\n";
      const { problems } = await load(clients + place(secret));
      equal(problems.length > 0, true);
      for (const { message, hint } of problems) {
        equal(`${message} ${hint}`.includes(marker), false, message);
      }
    }),
    { numRuns: 100 },
  );
});

Deno.test("no message shows a secret that stands where its file's name is due", async () => {
  for (
    const [of, text] of [
      ["fleet", `[fleet]\nname = "f"\nendpoints = ["http://127.0.0.1:2379"]`],
      ["doors.a.clients.al", "[doors.a]\n[doors.a.otp]\n[doors.a.clients.al]"],
    ]
  ) {
    const { problems } = await load(`${text}\nsecret_file = "${SECRET}"`);
    const about = problems.map(({ message }) => message);
    equal(about.some((message) => message.includes(SECRET)), false);
    const said =
      `${of}.secret_file: a text of ${SECRET.length} characters: the file can't`;
    equal(about.some((message) => message.startsWith(said)), true, about.join("\n"));
  }
});

Deno.test("a secret in a loaded config does not print", async () => {
  const { config } = await load(
    `[doors.a]\ncommand="x"\n[doors.a.otp]\n[doors.a.clients.al]\nsecret = "${SECRET}"`,
  );
  match(Deno.inspect(config, { depth: 10 }), /\(secret\)/);
  equal(JSON.stringify(config).includes(SECRET), false);
});
