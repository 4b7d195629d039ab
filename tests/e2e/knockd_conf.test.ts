import assert from "node:assert/strict";
import fc from "fast-check";
import { loadConfig } from "../../lib/config/load.ts";
import { formatProblem } from "../../lib/config/problems.ts";
import { formatSequence } from "../../lib/core/sequence.ts";
import { formatTcpFlags, parseTcpFlags } from "../../lib/core/tcp_flags.ts";
import { run } from "../lab/process.ts";

/** A door as far as knockd 0.8 prints it. */
interface Printed {
  sequence: string;
  flags: string;
  seqTimeout: number;
  cmdTimeout: number;
  start4: string | undefined;
  start6: string | undefined;
  stop4: string | undefined;
  stop6: string | undefined;
}

/**
 * What Debian's knockd makes of a config: its debug output, up to where it fails to open an
 * interface that there isn't. `undefined` if it refuses the config.
 */
async function knockd(path: string): Promise<Printed[] | undefined> {
  const argv = ["knockd", "-D", "-i", "nosuch0", "-c", path];
  const { stdout, stderr } = await run(argv, { check: false });
  if (!stderr.includes("could not open nosuch0")) return undefined;
  const doors: { values: Map<string, string>; flags: string[] }[] = [];
  for (const line of stdout.split("\n")) {
    const section = /^config: new section: '(.*)'$/.exec(line)?.[1];
    if (section !== undefined && section !== "options") {
      doors.push({ values: new Map(), flags: [] });
    }
    const flag = /^config: tcp flag: (.*)$/.exec(line)?.[1];
    if (flag !== undefined) doors.at(-1)?.flags.push(flag);
    const [, key, value] = /^config: \w+: (\w+): (.*)$/.exec(line) ?? [];
    if (key !== undefined) doors.at(-1)?.values.set(key, value ?? "");
  }
  return doors.map(({ values, flags }) => {
    const start4 = values.get("start_command") || undefined;
    const start6 = (values.get("start_command_6") ?? start4) || undefined;
    const stop4 = values.get("stop_command") || undefined;
    const stop6 = (values.get("stop_command_6") ?? stop4) || undefined;
    return {
      sequence: (values.get("sequence") ?? "").replaceAll(":tcp", ""),
      flags: canonical(flags),
      seqTimeout: Number(values.get("seq_timeout") ?? 25),
      cmdTimeout: Number(values.get("cmd_timeout") ?? 10),
      start4,
      start6,
      stop4: start4 && stop4,
      stop6: start6 && stop6,
    };
  });
}

/** The flags in our order, the last word on each. */
function canonical(flags: readonly string[]): string {
  const last = new Map(flags.map((flag) => [flag.replace("!", ""), flag]));
  const parsed = parseTcpFlags([...last.values()].join(","));
  return typeof parsed === "string" ? parsed : formatTcpFlags(parsed);
}

/** What ours makes of it, in the same words. */
async function ours(path: string): Promise<Printed[] | string[]> {
  const { config, problems } = await loadConfig(path);
  if (config === undefined) return problems.map(formatProblem);
  return config.doors.map(({ key, tcpFlags, seqTimeout, cmdTimeout, start, stop }) => ({
    sequence: key.kind === "static" ? formatSequence(key.sequence) : "",
    flags: formatTcpFlags(tcpFlags),
    seqTimeout,
    cmdTimeout,
    start4: start?.ipv4 as string | undefined,
    start6: start?.ipv6 as string | undefined,
    stop4: stop?.ipv4 as string | undefined,
    stop6: stop?.ipv6 as string | undefined,
  }));
}

const space = fc.constantFrom("", "", " ", "\t", "  ");
const anyCase = (text: string) =>
  fc.constantFrom(text, text.toUpperCase(), text[0]!.toUpperCase() + text.slice(1));
const port = fc.tuple(
  fc.integer({ min: 1, max: 65535 }),
  fc.constantFrom("", "", ":tcp", ":udp", ": UDP ", ":tcp:udp", " :Tcp"),
  space,
).map(([port, protocol, before]) => `${before}${port}${protocol}`);
const sequence = fc.tuple(
  fc.array(port, { minLength: 1, maxLength: 33 }),
  fc.constantFrom("", "", "", " # comment", "x"),
).map(([ports, tail]) => ports.join(",") + tail);
const flags = fc.uniqueArray(
  fc.constantFrom(..."fin SYN !ack rst !Psh urg".split(" ")),
  { minLength: 1 },
).map((flags) => flags.join(","));
const seconds = fc.tuple(
  fc.integer({ min: 1, max: 100_000 }),
  fc.constantFrom("", "", " ", "s", " # seconds", ".5"),
).map(([number, tail]) => `${number}${tail}`);
const command = fc.constantFrom("", "a -s %IP%", "echo a=b # %IP%", "x;y [z]", "%F%IP%");

const directive = fc.oneof(
  fc.tuple(anyCase("tcpflags"), flags),
  fc.tuple(fc.constantFrom("Seq_Timeout", "timeout", "cmd_timeout"), seconds),
  fc.tuple(
    fc.constantFrom("command", "Start_Command", "COMMAND_6", "start_command_6"),
    command,
  ),
  fc.tuple(fc.constantFrom("Stop_Command", "stop_command_6"), command),
  fc.tuple(anyCase("sequence"), sequence),
  fc.tuple(anyCase("target"), fc.constantFrom("10.0.0.9", "2001:db8::1")),
);
const line = fc.oneof(
  {
    weight: 20,
    arbitrary: fc.tuple(space, directive, space, space, space).map(
      ([lead, [name, value], before, after, end]) =>
        `${lead}${name}${before}=${after}${value}${end}`,
    ),
  },
  {
    weight: 4,
    arbitrary: fc.constantFrom("", "# [a]", " \t# sequence = 1", "\tusesyslog"),
  },
  { weight: 1, arbitrary: fc.constantFrom("foo = 1", "command", "; x", "[b") },
);
const door = fc.tuple(anyCase("sequence"), sequence, fc.array(line, { maxLength: 8 }))
  .map(([name, ports, lines]) => [`${name} = ${ports}`, ...lines]);
const config = fc.tuple(
  fc.constantFrom("", "[options]\n", "[options]\n\tUseSyslog\nlogfile = /dev/null\n"),
  fc.array(door, { minLength: 1, maxLength: 3 }),
  fc.constantFrom("\n", "\n", "\r\n"),
).map(([options, doors, end]) =>
  options + doors.map((lines, i) => [`[door${i}]`, ...lines, ""].join(end)).join("")
);

Deno.test("whatever config Debian's knockd takes, ours takes, and reads the same", async () => {
  const directory = await Deno.makeTempDir({ prefix: "knockd-conf-" });
  let taken = 0;
  try {
    const path = `${directory}/knockd.conf`;
    await fc.assert(
      fc.asyncProperty(config, async (text) => {
        await Deno.writeTextFile(path, text);
        const theirs = await knockd(path);
        if (theirs === undefined) return;
        taken++;
        assert.deepEqual(await ours(path), theirs);
      }),
      { numRuns: 300 },
    );
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
  assert(taken > 30, `knockd took only ${taken} configs of 300`);
});
