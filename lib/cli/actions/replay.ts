/** `knockd replay`: which doors would a recording open, and why not the others? */

import { escapeControls } from "../../core/printable.ts";
import { replay } from "../../server/replay/replay.ts";

import { ReplayProgress } from "./replay_progress.ts";
import { sumLines } from "./replay_sum.ts";
import { addressOf } from "./network.ts";
import {
  canRedraw,
  ExitWith,
  print,
  printed,
  printError,
  rewriteError,
} from "../terminal.ts";
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
  const progress = canRedraw(Deno.stderr)
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
