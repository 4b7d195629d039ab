import assert from "node:assert/strict";
import {
  createPrivateFile,
  makeDirectory,
  replaceText,
  whileLocked,
} from "../../lib/files/durable.ts";
import { failing } from "../server/machine_faults.ts";
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

Deno.test("a new directory is for whom its mode says under any umask, one that is there stays", () =>
  inDirectory((dir) => {
    const before = Deno.umask(0o077);
    try {
      makeDirectory(`${dir}/new`, 0o755);
      Deno.mkdirSync(`${dir}/old`);
      makeDirectory(`${dir}/old`, 0o755);
    } finally {
      Deno.umask(before);
    }
    const mode = (name: string) => Deno.statSync(`${dir}/${name}`).mode! & 0o777;
    assert.deepEqual([mode("new"), mode("old")], [0o755, 0o700]);
  }));

Deno.test("nobody sees a new private file before all of it is on the disk", () =>
  inDirectory((dir) => {
    const { syncSync } = Deno.FsFile.prototype;
    const seen: string[][] = [];
    Deno.FsFile.prototype.syncSync = function () {
      seen.push(namesIn(dir));
      syncSync.call(this);
    };
    try {
      createPrivateFile(`${dir}/a`, "one");
    } finally {
      Deno.FsFile.prototype.syncSync = syncSync;
    }
    assert.ok(seen[0]!.every((name) => name.startsWith(".knockd-")));
    assert.deepEqual(seen[1], ["a"]);
  }));

Deno.test("what a process that was killed left beside a file goes, what is on its way stays", () =>
  inDirectory((dir) => {
    const fresh = ".knockd-0123456789abcdef";
    const old = [".knockd-123456789abcdef0", ".knockd-mine"];
    for (const name of [fresh, ...old]) {
      Deno.writeTextFileSync(`${dir}/${name}`, "secret");
    }
    const before = new Date(Date.now() - 100_000);
    for (const name of old) Deno.utimeSync(`${dir}/${name}`, before, before);
    createPrivateFile(`${dir}/a`, "one");
    assert.deepEqual(namesIn(dir).sort(), [fresh, ".knockd-mine", "a"]);
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

Deno.test("a private file is made where a file has one name, and takes nobody's place", () =>
  inDirectory((dir) => {
    using _failing = failing(Deno, "linkSync", () => new Deno.errors.PermissionDenied());
    createPrivateFile(`${dir}/a`, "one");
    assert.equal(Deno.readTextFileSync(`${dir}/a`), "one");
    assert.equal(Deno.statSync(`${dir}/a`).mode! & 0o777, 0o600);
    assert.throws(() => createPrivateFile(`${dir}/a`, "two"), /there is one already/);
    assert.equal(Deno.readTextFileSync(`${dir}/a`), "one");
    assert.deepEqual(namesIn(dir), ["a"]);
  }));

Deno.test("a file whose directory can't be locked, as on some network disks, is named", () =>
  inDirectory(async (dir) => {
    const path = `${dir}/knock.toml`;
    Deno.writeTextFileSync(path, "");
    using _failing = failing(
      Deno.FsFile.prototype,
      "lock",
      () => new Error("No locks available (os error 37)"),
    );
    await assert.rejects(whileLocked(path, () => Promise.resolve()), {
      name: "Failure",
      message: `${path}: the directory that it is in can't be locked: No locks available`,
    });
  }));
