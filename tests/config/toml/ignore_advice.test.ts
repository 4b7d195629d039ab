import { deepEqual, equal, match, ok } from "node:assert/strict";
import { DOOR_FINDING_NAMES } from "../../../lib/config/finding_names.ts";
import { configReader } from "../../../lib/server/read_config.ts";
import { inDirectory, lines, linesAbout, load } from "../files.ts";

/** A door of one port, whose command a placeholder is misspelt in. */
const DOOR = '[doors.a]\nsequence = "7000"\ncommand = "true %ip%"\n';
const ONE_PORT =
  "warning 2:12: doors.a.sequence: a single port opens this door: so does any scan that " +
  "hits it";
const NO_PLACEHOLDER =
  "warning 3:17: doors.a.command: %ip% is no placeholder; it stays " +
  "in the command as it is (did you mean %IP%?)";

async function saidOf(text: string): Promise<string[]> {
  return (await linesAbout(text)).map((line) => line.replace(/knock\.toml: ?/, ""));
}

const rows: readonly [why: string, text: string, ...expected: string[]][] = [
  ["nothing", DOOR, ONE_PORT, NO_PLACEHOLDER],
  ["an empty list", DOOR + "ignore_advice = []", ONE_PORT, NO_PLACEHOLDER],
  ["a name", DOOR + 'ignore_advice = "one-port"', NO_PLACEHOLDER],
  ["a name in an array", DOOR + 'ignore_advice = ["one-port"]', NO_PLACEHOLDER],
  ["what is unsafe", DOOR + 'ignore_advice = ["no-placeholder", "one-port"]'],
  [
    "a name of advice that does not hold",
    DOOR + "ignore_advice = ['weak', 'met-by-scan']",
    ONE_PORT,
    NO_PLACEHOLDER,
  ],
  [
    "another door's",
    DOOR + '[doors.b]\nsequence = "1"\ncommand = "x"\nignore_advice = "one-port"',
    ONE_PORT,
    NO_PLACEHOLDER,
  ],
  ["an escape in a name", DOOR + 'ignore_advice = ["one\\u002dport"]', NO_PLACEHOLDER],
];

for (const [why, text, ...expected] of rows) {
  Deno.test(`ignore_advice with ${why}: ${expected.length} warnings are left`, async () =>
    deepEqual(await saidOf(text), expected));
}

const wrong: readonly [why: string, value: string, ...expected: string[]][] = [
  [
    "a letter that is missing",
    '["one-port", "met-by-scn"]',
    '4:30: doors.a.ignore_advice[1]: no finding of check\'s is called "met-by-scn" (did ' +
    "you mean met-by-scan?)",
  ],
  [
    "an underscore",
    '"one_port"',
    '4:17: doors.a.ignore_advice: no finding of check\'s is called "one_port" (did you ' +
    "mean one-port?)",
  ],
  [
    "several in one text",
    '"one-port, same-knock"',
    "4:17: doors.a.ignore_advice: no finding of check's is called \"one-port, " +
    'same-knock" (several are an array: ["one-port", "same-knock"])',
  ],
  [
    "a word that is like none",
    '"everything"',
    '4:17: doors.a.ignore_advice: no finding of check\'s is called "everything" (check ' +
    "prints the names in brackets; docs/advice.md has them all)",
  ],
  [
    "nothing in quotes",
    '""',
    '4:17: doors.a.ignore_advice: no finding of check\'s is called "" (check prints the ' +
    "names in brackets; docs/advice.md has them all)",
  ],
  [
    "what JavaScript's objects have",
    '["constructor"]',
    '4:18: doors.a.ignore_advice[0]: no finding of check\'s is called "constructor" ' +
    "(check prints the names in brackets; docs/advice.md has them all)",
  ],
  [
    "what is said of the whole file",
    '"no-door"',
    "4:17: doors.a.ignore_advice: no-door is about the whole config, not about a door " +
    "(knockd check --ignore no-door)",
  ],
  [
    "a name twice",
    '["one-port", "one-port"]',
    "4:30: doors.a.ignore_advice[1]: one-port is named twice",
  ],
  [
    "a number",
    "5",
    "4:17: doors.a.ignore_advice: expected the name of a finding of check's, or an " +
    "array of them, found a number",
  ],
  [
    "true",
    "true",
    "4:17: doors.a.ignore_advice: expected the name of a finding of check's, or an " +
    "array of them, found true or false",
  ],
];

for (const [why, value, ...expected] of wrong) {
  Deno.test(`ignore_advice with ${why} is an error`, async () => {
    const said = await saidOf(`${DOOR}ignore_advice = ${value}`);
    const errors = said.filter((line) => line.startsWith("error"));
    deepEqual(errors, expected.map((line) => `error ${line}`));
  });
}

Deno.test("ignore_advice in another table is told where it belongs", async () => {
  const text = '[options]\nignore_advice = "one-port"\n' + DOOR;
  deepEqual(
    (await saidOf(text))[0],
    'error 2:1: options: unknown key "ignore_advice" (it belongs to a door, under ' +
      "[doors.NAME])",
  );
  const inOtp = `${DOOR}[doors.a.otp]\nignore_advice = "one-port"\n`;
  match((await saidOf(inOtp)).join("\n"), /it belongs to a door, under \[doors\.a\]/);
});

Deno.test("whoever writes ignore is told of ignore_advice", async () => {
  const said = (await saidOf(`${DOOR}ignore = "one-port"`)).join("\n");
  match(
    said,
    /^error 4:1: doors\.a: unknown key "ignore" \(ignore_advice = \["one-port"\]/m,
  );
});

Deno.test("an error can't be ignored, by its name either", async () => {
  const weak = '[doors.a]\nopen = 22\nignore_advice = "weak"\n[doors.a.otp]\n' +
    'length = 3\nports = "1000-1100"\n';
  const { config, problems } = await load(weak);
  equal(config, undefined);
  match(problems.map(({ message }) => message).join("\n"), /guessing a sequence takes/);
});

Deno.test("what is ignored is known, with its door, and is no problem", async () => {
  const { config, problems, ignored } = await load(
    DOOR + 'ignore_advice = ["no-placeholder", "one-port"]',
  );
  ok(config);
  deepEqual(problems, []);
  deepEqual(ignored.map(({ name, door }) => [name, door]), [
    ["one-port", "a"],
    ["no-placeholder", "a"],
  ]);
});

Deno.test("a used-up list of one-time sequences can be ignored, and what in it is no sequence", () =>
  inDirectory(async (directory) => {
    await Deno.writeTextFile(`${directory}/list`, "#1,2,3\nnonsense\n", { mode: 0o600 });
    const text = `[doors.a]\none_time_sequences = "${directory}/list"\ncommand = "x"\n`;
    const said = lines(await load(text));
    equal(said.length, 2);
    const list = '["unread-sequence", "no-sequence-left"]';
    deepEqual(lines(await load(`${text}ignore_advice = ${list}\n`)), []);
    await Deno.writeTextFile(`${directory}/list`, "1,2,3\n4,5,6\n1,2,3\n");
    equal(lines(await load(text)).length, 1);
    const repeated = '["repeated-sequence"]';
    deepEqual(lines(await load(`${text}ignore_advice = ${repeated}\n`)), []);
  }));

Deno.test("ten thousand names are read, each wrong one with its place", async () => {
  const names = Array.from({ length: 10_000 }, (_, i) => `"name-${i}"`);
  const { problems } = await load(`${DOOR}ignore_advice = [\n${names.join(",\n")}]`);
  const errors = problems.filter(({ severity }) => severity === "error");
  equal(errors.length, 10_000);
  equal(errors.at(-1)!.line, 10_004);
});

Deno.test("all names at once are taken", async () => {
  deepEqual(
    await saidOf(`${DOOR}ignore_advice = ${JSON.stringify(DOOR_FINDING_NAMES)}`),
    [],
  );
});

Deno.test("a daemon that starts or reloads does not warn of what is ignored", () =>
  inDirectory(async (directory) => {
    const config = `${directory}/knock.toml`;
    const read = configReader({ config, stateDir: directory });
    const warnings = async (list: string) => {
      const text = `${DOOR}ignore_advice = ${list}\n`;
      await Deno.writeTextFile(config, text, { mode: 0o600 });
      const told: string[] = [];
      await read((line) => told.push(line));
      return told.length;
    };
    deepEqual(
      [
        await warnings("[]"),
        await warnings('["one-port"]'),
        await warnings('["one-port", "no-placeholder"]'),
      ],
      [2, 1, 0],
    );
  }));
