import assert from "node:assert/strict";
import { namedPlaces } from "../../lib/config/named_places.ts";
import { inDirectory } from "./files.ts";

for (
  const [title, text, expected] of [
    ["that is no TOML", 'control = "/run/a.sock"\nnonsense\n', {
      control: "/run/a.sock",
    }],
    [
      "of both places",
      "[options]\n  state_dir='/var/lib/a' # here\n\tcontrol = '/run/a'\n",
      {
        control: "/run/a",
        stateDir: "/var/lib/a",
      },
    ],
    ["that only remarks on it", '# control = "/run/a.sock"\n', {}],
    ["whose path is cut off", 'control = "/run/a.sock\n', {}],
    ["whose path is relative", 'control = "a.sock"\n', {}],
    ["whose path has escapes", 'control = "/run/\\u0041"\n', {}],
  ] as const
) {
  Deno.test(`where its daemon is can be told of a config ${title}`, async () => {
    await inDirectory(async (directory) => {
      const path = `${directory}/knock.toml`;
      await Deno.writeTextFile(path, text);
      assert.deepEqual(namedPlaces(path), expected);
    });
  });
}

Deno.test("of a config that is not there nothing is told", () => {
  assert.deepEqual(namedPlaces("/nonexistent/knock.toml"), {});
});
