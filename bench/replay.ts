/**
 * Ten million packets: how long `knockd replay` takes to judge them, and tcpdump to print
 * them, both into a file that is thrown away.
 *
 * They are SYNs of a thousand strangers to all ports, fifty thousand a second: one block
 * over and over, each time later.
 */

import { hitFrame } from "../tests/lab/frames_sent.ts";
import { thatHave } from "./lib/contender.ts";
import { type Effort, inTurns, type Row, rowOf } from "./lib/row.ts";

const BLOCK = 100_000;
const PER_SECOND = 50_000;
const SOURCES = 1000;
const CONFIG = '[doors.ssh]\nsequence = "7000,8000,9000"\ncommand = "true %IP%"\n';

export async function measure({ quick, repetitions }: Effort): Promise<Row[]> {
  const directory = await Deno.makeTempDir({ prefix: "knockd-bench-replay-" });
  try {
    const [file, config] = [`${directory}/syns.pcap`, `${directory}/knock.toml`];
    const packets = quick ? BLOCK : 100 * BLOCK;
    writeRecording(file, packets / BLOCK);
    Deno.writeTextFileSync(config, CONFIG);
    const everyone = [
      ...(await thatHave("replay")).map(({ side, program }) => ({
        side,
        argv: [...program, "replay", file, "--config", config],
      })),
      { side: "rival" as const, argv: ["tcpdump", "-nn", "-r", file] },
    ];
    const seconds = await inTurns(
      Math.min(repetitions, 3),
      everyone,
      ({ argv }) => secondsOf(argv, `${directory}/printed`),
    );
    const millions = packets / 1e6;
    return [rowOf(
      seconds,
      `replay of ${millions} million packets; tcpdump -nn -r of them`,
      "s",
      Number,
      {
        text: "≤ 1 × tcpdump",
        base: ({ rival }) => rival,
        reached: (ratio) => ratio <= 1,
      },
    )];
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/**
 * The shell hands over the file itself, so that no pipe of ours is in anybody's way. With a
 * time zone in its environment the C library does not look at /etc/localtime for every
 * packet, which takes tcpdump longer than all the rest.
 */
async function secondsOf(argv: readonly string[], printed: string): Promise<number> {
  const begin = performance.now();
  await new Deno.Command("/bin/sh", {
    args: ["-c", 'exec "$@" > "$0"', printed, ...argv],
    env: { TZ: "UTC" },
    stdout: "null",
    stderr: "null",
  }).output();
  return (performance.now() - begin) / 1000;
}

function writeRecording(path: string, blocks: number): void {
  const header = new DataView(new ArrayBuffer(24));
  header.setUint32(0, 0xa1b2c3d4, true);
  header.setUint16(4, 2, true);
  header.setUint16(6, 4, true);
  header.setUint32(16, 65_535, true);
  header.setUint32(20, 1, true);
  Deno.writeFileSync(path, new Uint8Array(header.buffer));
  const block = recordsOf(
    Array.from({ length: BLOCK }, (_, i) => {
      const source = `10.9.${i % SOURCES >> 8}.${i % SOURCES & 255}`;
      return hitFrame(source, "10.77.0.1", String(1 + (i * 7919) % 65_535), i, 2);
    }),
  );
  for (let i = 0; i < blocks; i++) {
    stamp(block, i * BLOCK / PER_SECOND);
    Deno.writeFileSync(path, block.bytes, { append: true });
  }
}

interface Block {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly starts: readonly number[];
}

function recordsOf(frames: readonly Uint8Array[]): Block {
  const starts: number[] = [];
  const bytes = new Uint8Array(frames.reduce((sum, { length }) => sum + 16 + length, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const frame of frames) {
    starts.push(at);
    view.setUint32(at + 8, frame.length, true);
    view.setUint32(at + 12, frame.length, true);
    bytes.set(frame, at + 16);
    at += 16 + frame.length;
  }
  return { bytes, starts };
}

/** Gives every record the time at which it came. */
function stamp({ bytes, starts }: Block, second: number): void {
  const view = new DataView(bytes.buffer);
  starts.forEach((start, i) => {
    view.setUint32(start, 1_700_000_000 + second + Math.floor(i / PER_SECOND), true);
    view.setUint32(start + 4, i % PER_SECOND * (1_000_000 / PER_SECOND), true);
  });
}
