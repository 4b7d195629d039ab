import assert from "node:assert/strict";
import { UnreadOutput } from "../../../lib/server/log/unread_output.ts";
import { FakeSystem } from "../fake_system.ts";

/** An output that takes so many writes and no more. */
class Pipe {
  room = Infinity;
  broken = false;
  text = "";
  readonly system = new FakeSystem();
  readonly output = new UnreadOutput(this, () => this.room > 0, this.system);

  writeSync(bytes: Uint8Array): number {
    assert.ok(this.room-- > 0, "this would have waited");
    assert.ok(bytes.length <= 4096);
    if (this.broken) throw new Error("Broken pipe (os error 32)");
    this.text += new TextDecoder().decode(bytes);
    return bytes.length;
  }

  say(line: string): void {
    this.output.writeSync(new TextEncoder().encode(`${line}\n`));
  }

  get lines(): string[] {
    return this.text.split("\n").slice(0, -1);
  }
}

Deno.test("output that is read has each line at once, a long one in parts", () => {
  const pipe = new Pipe();
  const long = "x".repeat(10_000);
  for (const line of ["one", long, "two"]) pipe.say(line);
  assert.deepEqual(pipe.lines, ["one", long, "two"]);
  assert.equal(pipe.system.timers, 0);
});

Deno.test("output that nobody reads for a while has all lines in order afterwards", async () => {
  const pipe = new Pipe();
  pipe.room = 2;
  const long = "x".repeat(10_000);
  for (const line of [long, "one", "two"]) pipe.say(line);
  await pipe.system.advance(5000);
  assert.equal(pipe.text.length, 8192);
  pipe.room = Infinity;
  await pipe.system.advance(1000);
  assert.deepEqual(pipe.lines, [long, "one", "two"]);
  assert.equal(pipe.system.timers, 0);
});

Deno.test("output that nobody reads keeps a thousand lines, and says how many were lost", () => {
  const pipe = new Pipe();
  pipe.room = 0;
  for (let n = 0; n < 1500; n++) pipe.say(`line ${n}`);
  pipe.room = Infinity;
  pipe.say("last");
  assert.deepEqual(
    pipe.lines.slice(0, 1000),
    Array.from({ length: 1000 }, (_, n) => `line ${n}`),
  );
  assert.deepEqual(pipe.lines.slice(1000), [
    "501 lines were lost here: nobody read them in time",
  ]);
});

Deno.test("output whose reader is gone keeps nothing", async () => {
  const pipe = new Pipe();
  pipe.room = 0;
  pipe.say("one");
  pipe.room = Infinity;
  pipe.broken = true;
  await pipe.system.advance(1000);
  assert.throws(() => pipe.say("two"), /Broken pipe/);
  pipe.broken = false;
  pipe.say("three");
  assert.deepEqual([pipe.lines, pipe.system.timers], [["three"], 0]);
});

Deno.test("output that is closed while nobody reads it waits for nobody", () => {
  const pipe = new Pipe();
  pipe.room = 0;
  pipe.say("one");
  pipe.output.close();
  pipe.say("two");
  assert.equal(pipe.system.timers, 0);
});
