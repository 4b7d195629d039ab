import assert from "node:assert/strict";
import { loadSource } from "../../lib/config/load.ts";

/** What is wrong with a config. */
async function errorsOf(path: string, text: string) {
  const { problems } = await loadSource({ path, text, mode: 0o600, owner: 0 });
  return problems.filter(({ severity }) => severity === "error");
}

/** Seventy doors, the first two with one target. */
function doors(door: (name: string, port: number, target: string) => string): string {
  return Array.from(
    { length: 70 },
    (_, i) => door(`door${i}`, 1000 + i, `10.0.0.${Math.max(1, i)}`),
  ).join("");
}

const TOO_MANY: [path: string, text: string, subject: string][] = [
  [
    "a.toml",
    doors((name, port, target) =>
      `[doors.${name}]\nsequence = [${port}, 2]\ntarget = "${target}"\n`
    ),
    "doors.door64.target",
  ],
  [
    "a.conf",
    doors((name, port, target) =>
      `[${name}]\nsequence = ${port},2\ntarget = ${target}\n`
    ),
    "door64.target",
  ],
];

for (const [path, text, subject] of TOO_MANY) {
  Deno.test(`the 64th different target is an error at its place: ${path}`, async () => {
    const [error, ...others] = await errorsOf(path, text);
    assert.deepEqual(others, []);
    assert.equal(error?.message, `${subject}: more than 63 different targets`);
    assert.deepEqual([error.line, error.column], [64 * 3 + 3, 10]);
  });
}

Deno.test("ignore_ports takes as many ports as a text as it does as an array", async () => {
  const ports = Array.from({ length: 1024 }, (_, i) => 10_000 + i).join(", ");
  const ignoring = (value: string) =>
    errorsOf(
      "a.toml",
      `[options]\nignore_ports = ${value}\n[doors.a]\nsequence = [1, 2]`,
    );
  for (const quote of [['"', '"'], ["[", "]"]]) {
    assert.deepEqual(await ignoring(quote.join(ports)), []);
    const [error] = await ignoring(quote.join(`${ports}, 1`));
    assert.match(error?.message ?? "", /^options\.ignore_ports\[1024\]: 1025 ports; /);
    assert.equal(error?.line, 2);
  }
});
