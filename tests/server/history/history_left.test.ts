/** What a daemon left on disk, read by who asks when none runs. */
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { HistoryFile } from "../../../lib/server/history/history_file.ts";
import { inDirectory } from "../../config/files.ts";

const opened = (time: number) => ({ time, event: "open", door: "ssh", ip: "192.0.2.7" });

/** What is said of a file that holds these tables, or these bytes; none of it changes. */
async function refusal(content: string | Uint8Array): Promise<string> {
  return await inDirectory(async (directory) => {
    const path = `${directory}/history.db`;
    if (typeof content === "string") {
      using db = new DatabaseSync(path);
      db.exec(content);
    } else await Deno.writeFile(path, content);
    const before = await Deno.readFile(path);
    try {
      await HistoryFile.read(path, {}, 10);
    } catch (error) {
      assert.deepEqual(await Deno.readFile(path), before);
      return (error as Error).message.replace(`${path}: `, "");
    }
    return "";
  });
}

Deno.test("what is left on disk is read, and the file stays as it is", async () => {
  await inDirectory(async (directory) => {
    const path = `${directory}/history.db`;
    {
      using file = await HistoryFile.open(path);
      file.add([opened(1000), opened(2000)], 0, 10);
    }
    const before = await Deno.readFile(path);
    assert.deepEqual(await HistoryFile.read(path, { since: 1500 }, 10), [opened(2000)]);
    assert.deepEqual(await Deno.readFile(path), before);
  });
});

Deno.test("another program's database is none of ours, in one line", async () => {
  const foreign = /^it is another program's \(no such \w+: \w+\)$/;
  assert.match(await refusal("CREATE TABLE happening (a TEXT)"), foreign);
  assert.match(await refusal("CREATE TABLE other (a TEXT)"), foreign);
});

Deno.test("what is damaged, or no database, is said", async () => {
  assert.match(await refusal(new Uint8Array(5000).fill(7)), /not a database/);
});

Deno.test("a pipe in its place is refused, and nobody waits for whoever writes into it", () =>
  inDirectory(async (directory) => {
    const path = `${directory}/history.db`;
    assert.ok((await new Deno.Command("mkfifo", { args: [path] }).output()).success);
    const refused = { name: "Failure", message: `${path}: not a regular file` };
    await assert.rejects(HistoryFile.open(path), refused);
    await assert.rejects(HistoryFile.read(path, {}, 10), refused);
  }));

for (const suffix of ["-wal", "-journal"]) {
  Deno.test(`a pipe beside it, as ${suffix}, is refused as well`, () =>
    inDirectory(async (directory) => {
      const path = `${directory}/history.db`;
      (await HistoryFile.open(path))[Symbol.dispose]();
      const pipe = path + suffix;
      assert.ok((await new Deno.Command("mkfifo", { args: [pipe] }).output()).success);
      const refused = { message: `${path}: ${pipe} is no regular file` };
      await assert.rejects(HistoryFile.open(path), refused);
      await assert.rejects(HistoryFile.read(path, {}, 10), refused);
    }));
}
