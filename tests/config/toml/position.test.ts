import assert from "node:assert/strict";
import { tomlLocator } from "../../../lib/config/toml/position.ts";
import { tablesOf } from "../../../lib/config/toml/tables.ts";
import type { Finding, Path } from "../../../lib/config/problems.ts";

const CONFIG = `[options]
interface = "lo"
[doors.ssh] # the one
sequence = "7000,8000"
[ doors . "my door" ]
sequences = [
  ["7000", "8000"],
  [9000]
]
[doors.'my door'.otp]
secret = "x"
[doors]
web.sequence = "1,2"
web.command = ["a", "b"]
[doors.other]
command = "true"
`;

const find = (path: Path): Finding => ({ severity: "warning", path, message: "" });

function placeIn(text: string, path: Path): string {
  const { line, column } = tomlLocator(text, [find(path)])(find(path));
  return `${line}:${column}`;
}

Deno.test("a finding has the place that it has in the text, wherever its table is written", () => {
  const rows: [path: Path, place: string][] = [
    [["options", "interface"], "2:13"],
    [["doors", "ssh"], "3:8"],
    [["doors", "ssh", "sequence"], "4:12"],
    [["doors", "ssh", "cmd_timeout"], "3:8"],
    [["doors", "my door", "sequences", 1], "8:3"],
    [["doors", "my door", "otp", "secret"], "11:10"],
    [["doors", "web", "sequence"], "13:16"],
    [["doors", "web", "command", 1], "14:21"],
    [["doors", "nobody"], "3:2"],
    [[], "0:0"],
  ];
  for (const [path, place] of rows) {
    assert.equal(placeIn(CONFIG, path), place, JSON.stringify(path));
    // Of all at once each is where it is of one.
    const all = tomlLocator(CONFIG, rows.map(([path]) => find(path)));
    const { line, column } = all(find(path));
    assert.equal(`${line}:${column}`, place, JSON.stringify(path));
  }
});

Deno.test("only the tables of the findings are read", () => {
  const text = '[doors.a]\nx = "1"\n[doors.b]\nx = [\n[2]\n]\n[doors.a.otp]\ny = 3\n';
  assert.equal(
    tablesOf(text, [["doors", "a", "x"]]),
    '[doors.a]\nx = "1"\n\n\n\n\n\n\n',
  );
  assert.equal(
    tablesOf(text, [["doors", "a", "otp", "y"]]),
    '[doors.a]\nx = "1"\n\n\n\n\n[doors.a.otp]\ny = 3\n',
  );
  assert.equal(tablesOf(text, [["doors"]]), text);
});

Deno.test("a line of a text that looks like a table is none", () => {
  const text = '[doors.a]\nx = """\n[doors.b]\ny = "no"\n"""\n[doors.b]\ny = "yes"\n';
  assert.equal(placeIn(text, ["doors", "b", "y"]), "7:5");
  const array = "[options]\nx = [\n[true]\n]\ny = 1\n[doors.a]\nz = 2\n";
  assert.equal(placeIn(array, ["options", "y"]), "5:5");
});

Deno.test("a table whose name is written in an unusual way is found", () => {
  const names = ['[doors.a.clients."x\\"y"]', "[ 'doors'.a.clients.'x\"y' ]"];
  for (const name of names) {
    const text = `[doors.a]\n[doors.b]\n${name}\nsecret = 1\n`;
    assert.equal(placeIn(text, ["doors", "a", "clients", 'x"y', "secret"]), "4:10");
  }
  const commented =
    "[doors.a] # one\r\n[doors.b] # two\r\n[doors.a.otp] # it\r\nx = 1\r\n";
  assert.equal(placeIn(commented, ["doors", "a", "otp", "x"]), "4:5");
  assert.equal(
    tablesOf(commented, [["doors", "b"]]),
    "\n[doors.b] # two\r\n\n\n",
  );
});
