/** `knockd replay`: which doors would a recording open, and why not the others? */

import { plural } from "../../core/plural.ts";
import { escapeControls } from "../../core/printable.ts";
import { replay, type Replayed } from "../../server/replay/replay.ts";

import { ReplayProgress } from "./replay_progress.ts";
import { addressOf } from "./network.ts";
import { ExitWith, print, printed, printError, rewriteError } from "../terminal.ts";
import { loadConfigOrThrow } from "../../config/load.ts";
import { statOf } from "../../files/look.ts";

interface ReplayFlags {
  readonly config: string;
  readonly address?: readonly string[] | undefined;
  readonly json?: true | undefined;
}

export async function replayFile(
  file: string,
  { config: path, address = [], json }: ReplayFlags,
): Promise<void> {
  const { config } = await loadConfigOrThrow(path);
  const progress = Deno.stderr.isTerminal()
    ? new ReplayProgress(sizeOf(file), rewriteError, performance.now())
    : undefined;
  let isRead = true;
  const { cutOff, ...replayed } = await replay({
    config,
    file,
    addresses: address.map((text) => addressOf("--address", text)),
    onLine: (line) => {
      progress?.clear();
      isRead &&= printed(
        json
          ? JSON.stringify(line)
          : escapeControls(`${new Date(line.time).toISOString()} ${line.line}`),
      );
    },
    onProgress: (packets, bytes) => {
      if (!isRead) throw new ExitWith(0);
      progress?.advance(packets, bytes, performance.now());
    },
  });
  progress?.clear();
  if (json) print(JSON.stringify(replayed));
  else for (const line of sumLines(replayed)) printError(line);
  if (cutOff !== undefined) throw cutOff;
}

/** The bytes of a file; a pipe's end is not known. */
function sizeOf(file: string): number | undefined {
  const found = statOf(file);
  return found?.isFile ? found.size : undefined;
}

function sumLines(replayed: Omit<Replayed, "cutOff">): string[] {
  const { packets, hits, seconds, opened, refused, sources, scans } = replayed;
  const rate = seconds > 0 ? `, ${Math.round(packets / seconds)} a second` : "";
  return [
    `${plural(packets, "packet")} in ${seconds.toFixed(1)} s${rate}; ` +
    `${hits} could be ${hits === 1 ? "a hit" : "hits"}, from ${
      plural(sources, "source")
    }`,
    `${opened} opened, ${refused} refused`,
    ...scans.map(({ ip, ports }) => `${ip} looks like a scan: ${plural(ports, "port")}`),
  ];
}
