import assert from "node:assert/strict";
import { parse, stringify } from "smol-toml";
import { schemaCommand } from "../../lib/cli/schema.ts";
import { linesAbout } from "../config/files.ts";
import { runSubcommand } from "./program.ts";

const root = new URL("../../", import.meta.url);

/** The examples of knock.toml in our pages, which are indented by four spaces. */
async function examples(): Promise<string[]> {
  const pages = ["README.md"];
  for await (const { name } of Deno.readDir(new URL("docs", root))) {
    if (name.endsWith(".md")) pages.push(`docs/${name}`);
  }
  const found = await Promise.all(pages.map(async (page) => {
    const text = await Deno.readTextFile(new URL(page, root));
    const blocks = text.match(/(?:^ {4}.*\n|^\n(?= {4}))+/gm) ?? [];
    return blocks.filter((block) => /^ {4}\[(options|doors\.)/m.test(block))
      .map((block) => block.replaceAll(/^ {4}/gm, ""));
  }));
  return found.flat();
}

function parses(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}

/** What is wrong with values, by a validator that others wrote; empty if nothing is. */
async function validate(schema: string, values: readonly unknown[]): Promise<string> {
  const directory = await Deno.makeTempDir();
  try {
    const instances = values.map((value, i) => {
      const path = `${directory}/${i}.json`;
      Deno.writeTextFileSync(path, JSON.stringify(value));
      return ["-i", path];
    });
    const { code, stderr, stdout } = await new Deno.Command("jsonschema", {
      args: ["--output", "pretty", ...instances.flat(), schema],
    }).output();
    if (code === 0) return "";
    return new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("the JSON Schema takes every example of ours, and not a mistyped key", async () => {
  const file = await schemaFile();
  try {
    const values = (await examples()).map(parses).filter((value) => value !== undefined);
    assert.ok(values.length >= 5, `${values.length} examples`);
    assert.equal(await validate(file, values), "");
    const wrong = await validate(file, [{ doors: { ssh: { seqence: "7000" } } }]);
    assert.match(wrong, /seqence/);
  } finally {
    await Deno.remove(file);
  }
});

/** Doors, each a table as `check` refuses it. */
const WRONG_DOORS = [
  { sequence: "7000", ignore_advice: "one-prot" },
  { sequence: "7000", ignore_advice: ["no-door"] },
  { sequence: "7000", ignore_advice: ["one-port", "one-port"] },
  { command: "x" },
  { sequence: [] },
  { sequence: "70000" },
  { sequence: [0, 1] },
  { sequence: [7000.5] },
  { sequence: "7000 8000" },
  { sequence: "7000," },
  { sequence: ["7000:icmp"] },
  { sequence: ["7000,8000"] },
  { sequence: Array<number>(33).fill(7000) },
  { sequence: "7000", one_time_sequences: "file" },
  { sequence: "7000", tcpflags: "syn ack" },
  { sequence: "7000", tcpflags: "syn,foo" },
  { sequence: "7000", target: "host.example" },
  { sequence: "7000", open: 0 },
  { sequence: "7000", open: "ssh" },
  { sequence: "7000", open: [] },
  { sequence: "7000", open: 22, allow: "10.0.0.0/255.0.0.0" },
  { sequence: "7000", allow: "10.0.0.1" },
  { sequence: "7000", connections: 1 },
  { sequence: "7000", command: "x", start_command: "y" },
  { sequence: "7000", command: "x", again: "run" },
  { sequence: "7000", command: "x", alone: "shut" },
  { follow: "ssh", open: 22 },
  { otp: { ports: "10000" } },
  { otp: {}, label: "a b" },
  { otp: {}, clients: { "-x": { secret_file: "file" } } },
  { otp: {}, clients: { alice: {} } },
  { otp: {}, clients: { alice: { secret: "0189" } } },
  { sequence: "7000", clients: {} },
];

const WRONG_OPTIONS = [
  { interface: "eth0 eth1" },
  { interface: ["eth0", "eth0"] },
  { metrics: "0.0.0.0:9666" },
  { metrics: "127.0.0.1" },
  { metrics: "127.0.0.1:70000" },
  { table: "9a" },
  { ignore_ports: ["443/udp"] },
];

/** Doors as `check` takes them, oddly written. */
const ODD_DOORS = [
  { sequence: " 07000 , 8000:UDP,9000 : tcp" },
  { sequence: [1, "65535:Tcp"], tcpflags: " SYN , ! ack,!RST" },
  { sequence: "1", tcpflags: "", target: "::ffff:192.0.2.1" },
  { sequence: "7000", command: ["a", ""], command_6: "" },
  { sequence: "7000", open: " 8000 - 8010 :udp,22" },
  { sequence: "7000", open: ["22", 80, "1-2"], allow: [" fd00::/8 ", "192.0.2.1"] },
  { sequence: "7000", open: 22, allow: [], connections: 0 },
  { sequence: "7000", command: "x", stop_command_6: "y", again: "run" },
  { sequence: "7000", ignore_advice: [] },
  { sequence: "7000", ignore_advice: "one-port" },
  { otp: { ports: " 00100 - 60000 " }, clients: {} },
  {
    otp: {},
    clients: { "a@b.c": { secret: "jbsw y3dp ehpk 3pxp\tJBSWY3DPEHPK3PXP = =" } },
  },
];

async function schemaFile(): Promise<string> {
  const { stdout } = await runSubcommand(schemaCommand(), []);
  const file = await Deno.makeTempFile({ suffix: ".json" });
  await Deno.writeTextFile(file, stdout);
  return file;
}

async function errors(table: unknown): Promise<string[]> {
  return (await linesAbout(stringify(table))).filter((line) => line.startsWith("error"));
}

Deno.test("the JSON Schema refuses what check refuses, and takes what it takes", async () => {
  const file = await schemaFile();
  try {
    const doors = (tables: readonly unknown[]) =>
      tables.map((door) => ({ doors: { d: door } }));
    assert.equal(await validate(file, doors(ODD_DOORS)), "");
    const options = WRONG_OPTIONS.map((table) => ({ options: table }));
    const fleets = [{ fleet: { name: "f" } }, {
      fleet: { name: "f", endpoints: ["etcd:2379"], secret_file: "s" },
    }];
    const wrong = [...doors(WRONG_DOORS), ...options, ...fleets];
    const said = await validate(file, wrong);
    for (const table of doors(ODD_DOORS)) assert.deepEqual(await errors(table), []);
    for (const table of wrong) assert.notDeepEqual(await errors(table), []);
    const silent = wrong.filter((_, i) => !said.includes(`/${i}.json)`));
    assert.deepEqual(silent, []);
  } finally {
    await Deno.remove(file);
  }
});
