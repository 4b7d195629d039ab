import assert from "node:assert/strict";
import { LinkType } from "../../lib/core/packet/parse.ts";
import { inDirectory } from "../config/files.ts";
import { ethernet, savefile } from "../core/frames.ts";
import { SYN, tcp } from "../core/packets.ts";
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

Deno.test("what a recorder still writes to is read packet by packet", () =>
  inDirectory(async (directory) => {
    const config = `${directory}/knock.toml`;
    await Deno.writeTextFile(config, DOOR, { mode: 0o600 });
    const [program = "", ...args] = [...KNOCKD, "replay", "-c", config, "-"];
    const options = { args, stdin: "piped", stdout: "piped" } as const;
    const knockd = new Deno.Command(program, options).spawn();
    const late = setTimeout(() => knockd.kill(), 60_000);
    const addresses = { src: "192.0.2.7", dst: "198.51.100.1" };
    const recording = savefile(
      LinkType.ETHERNET,
      [7000, 8000].map((dport) => ethernet(tcp({ ...addresses, dport, flags: SYN }), [])),
    );
    // Its snapshot length: so short, hundreds of packets would make a batch.
    new DataView(recording.buffer).setUint32(16, 128, true);
    const recorder = knockd.stdin.getWriter();
    await recorder.write(recording);
    const said: string[] = [];
    const lines = knockd.stdout.pipeThrough(new TextDecoderStream());
    for await (const text of lines) {
      said.push(text);
      if (/OPEN SESAME/.test(said.join(""))) break;
    }
    clearTimeout(late);
    assert.match(said.join(""), /192\.0\.2\.7: ssh: OPEN SESAME/);
    await recorder.close();
    await knockd.status;
  }));
