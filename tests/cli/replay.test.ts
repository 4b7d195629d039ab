import assert from "node:assert/strict";
import { LinkType } from "../../lib/core/packet/parse.ts";
import { inDirectory } from "../config/files.ts";
import { savefile } from "../core/frames.ts";
import { KNOCKD } from "../lab/program.ts";

const DOOR = '[doors.ssh]\nsequence = "7000,8000"\ncommand = "true"\n';

Deno.test("what is wrong with standard input is said of standard input", () =>
  inDirectory(async (directory) => {
    const config = `${directory}/knock.toml`;
    await Deno.writeTextFile(config, DOOR, { mode: 0o600 });
    const saidOf = async (recording: Uint8Array) => {
      const [program = "", ...args] = [...KNOCKD, "replay", "-c", config, "-"];
      const options = { args, stdin: "piped", stderr: "piped" } as const;
      const knockd = new Deno.Command(program, options).spawn();
      await new Blob([recording.slice()]).stream().pipeTo(knockd.stdin);
      const { code, stderr } = await knockd.output();
      assert.equal(code, 1);
      return new TextDecoder().decode(stderr);
    };
    const whole = savefile(LinkType.ETHERNET, [new Uint8Array(60)]);
    const cutOff = await saidOf(whole.subarray(0, whole.length - 20));
    assert.match(cutOff, /^knockd: error: standard input: truncated dump file/m);
    const wrong = await saidOf(savefile(147, []));
    assert.match(wrong, /^knockd: error: standard input: its packets are /m);
    const none = await saidOf(new TextEncoder().encode("no recording"));
    assert.match(none, /^knockd: error: standard input: unknown file format/m);
  }));
