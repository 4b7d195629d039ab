import assert from "node:assert/strict";
import { createPrivateFile, replaceText } from "../../lib/files/durable.ts";
import { inDirectory } from "../config/files.ts";

const namesIn = (dir: string) => [...Deno.readDirSync(dir)].map(({ name }) => name);

Deno.test("a text that somebody else changed meanwhile is not replaced", () =>
  inDirectory((dir) => {
    const path = `${dir}/knock.toml`;
    Deno.writeTextFileSync(path, "theirs");
    const changed = {
      name: "Failure",
      message: `${path}: the file was changed meanwhile`,
    };
    assert.throws(() => replaceText(path, "before", "after"), changed);
    assert.equal(Deno.readTextFileSync(path), "theirs");
    assert.deepEqual(namesIn(dir), ["knock.toml"]);
  }));

Deno.test("a private file is made once, and a dangling link is not followed", () =>
  inDirectory((dir) => {
    createPrivateFile(`${dir}/a`, "one");
    assert.throws(() => createPrivateFile(`${dir}/a`, "two"), /there is one already/);
    assert.equal(Deno.readTextFileSync(`${dir}/a`), "one");
    Deno.symlinkSync("elsewhere", `${dir}/b`);
    assert.throws(() => createPrivateFile(`${dir}/b`, "two"), /there is one already/);
    assert.deepEqual(namesIn(dir).sort(), ["a", "b"]);
  }));
