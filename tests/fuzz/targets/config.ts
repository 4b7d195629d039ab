/** Both formats of a config, and files of one-time sequences. */
import assert from "node:assert/strict";
import { explain } from "../../../lib/config/judge/explain.ts";
import { loadSource } from "../../../lib/config/load.ts";
import { parseSequenceFile } from "../../../lib/files/sequence_lines.ts";
import { formatProblem } from "../../../lib/config/problems.ts";
import { captureFilter } from "../../../lib/core/filter.ts";
import { matcherSettings } from "../../../lib/core/matcher/settings.ts";
import { formatSequence, parseSequence } from "../../../lib/core/sequence.ts";
import { assertNoSecret, SECRET } from "../secrets.ts";
import { gist, type Target, textOf } from "../target.ts";

const VALUES = [
  ..."[ ] [[ ]] = . , \" ' { } # \\ : ! % \"\"\" ''' -1 1e3 inf nan true 07:32:00".split(
    " ",
  ),
  ..."\n|\r\n|\t|\u00e9|\u{1F6AA}|\u202e|\ufeff|\\u0000|\\U0010ffff|1979-05-27".split(
    "|",
  ),
  ..."1,2 70000 0 65535 33 syn,!ack any eth0 /dev/null 1:udp __proto__ constructor".split(
    " ",
  ),
  SECRET,
];

async function load(path: string, input: Uint8Array): Promise<string> {
  const text = textOf(input);
  const { config, problems } = await loadSource({ path, text, mode: 0o600, owner: 0 });
  const errors = problems.filter(({ severity }) => severity === "error");
  assert.equal(config === undefined, errors.length > 0);
  const lines = text.split("\n").length;
  for (const problem of problems) {
    const { line, column } = problem;
    const shown = `${formatProblem(problem)} ${problem.hint ?? ""}`;
    assert.ok(line <= lines && (line === 0) === (column === 0), shown);
    assert.doesNotMatch(shown, /[\p{Cc}\u2028-\u202e\u2066-\u2069]/u);
    assertNoSecret(shown, text);
  }
  if (config === undefined) return errors.map(({ message }) => gist(message)).join("|");
  const { doors, options } = config;
  matcherSettings(doors, options.ignorePorts, new Uint32Array(2));
  captureFilter(doors, options.ignorePorts, { linkType: 1 });
  const explained = explain(config, { sequencesLeft: () => 1, ignored: [] });
  assertNoSecret(explained.join("\n"), text);
  return gist(explained.map((line) => line.trim().slice(0, 8)).join("|"));
}

const CONFIG = { maxBytes: 2000, limit: 50, inputs: 1000 };

const toml: Target = {
  ...CONFIG,
  name: "toml",
  dictionary: [
    ...VALUES,
    ..."options doors otp clients secret secret_file sequence command command_6".split(
      " ",
    ),
    ..."start_command stop_command stop_command_6 cmd_timeout seq_timeout".split(" "),
    ..."tcpflags tolerance target label cooldown on_exit interface log_file".split(" "),
    ..."ports length period window mode protocol bind_source ignore_ports".split(" "),
    ..."ignore_advice one-port does-nothing no-clients".split(" "),
    ..."one_time_sequences [doors.a] [doors.a.otp] [doors.a.clients.b]".split(" "),
  ],
  run: (input) => load("/nonexistent/knock.toml", input),
};

const classic: Target = {
  ...CONFIG,
  name: "classic",
  dictionary: [
    ...VALUES,
    ..."[options] [a] UseSyslog LogFile PidFile Interface Sequence Command".split(" "),
    ..."One_Time_Sequences Seq_Timeout Timeout TCPFlags Target Start_Command".split(" "),
    ..."Cmd_Timeout Stop_Command Start_Command_6 Stop_Command_6 Command_6".split(" "),
  ],
  run: (input) => load("/nonexistent/knockd.conf", input),
};

const sequences: Target = {
  name: "sequences",
  dictionary: [..."# , : udp tcp 65535 65536 0 \u00e9".split(" "), "\n", "\r", "\0", " "],
  maxBytes: 2000,
  limit: 50,
  inputs: 2500,
  run(input) {
    const { unused, used, problems } = parseSequenceFile(input);
    const lines = new TextDecoder("latin1").decode(input).split("\n");
    assert.ok(unused.length + used + problems.length <= lines.length);
    for (const { line, offset, text, sequence } of unused) {
      const found = input.subarray(offset, offset + text.length);
      assert.equal(new TextDecoder("latin1").decode(found), text);
      assert.equal(lines[line - 1]!.replace(/^\u00ef\u00bb\u00bf/, ""), text);
      assert.ok(sequence.length > 0);
      assert.deepEqual(parseSequence(formatSequence(sequence)).sequence, sequence);
    }
    for (const { line, column, message } of problems) {
      assert.ok(column >= 1 && column <= lines[line - 1]!.length + 1, message);
    }
    const said = problems.map(({ message }) => gist(message));
    return `${Math.min(9, unused.length)} ${Math.min(9, used)} ${
      [...new Set(said)].sort()
    }`;
  },
};

export const CONFIG_TARGETS: readonly Target[] = [toml, classic, sequences];
