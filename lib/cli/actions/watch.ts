/** `knockd watch`: what the daemon hears, and what it makes of it. */

import { defined } from "../../core/defined.ts";
import { Failure } from "../../core/failure.ts";
import { escapeControls } from "../../core/printable.ts";
import { watchControl } from "../../server/control/client.ts";
import type { WatchedLine } from "../../server/log/watchers.ts";
import { networkOf } from "./network.ts";
import type { Where } from "../daemon_command.ts";
import { sensible } from "./daemon_answer.ts";
import { canRedraw, HOME_AND_CLEAR, print, printed, terminalSize } from "../terminal.ts";
import { WatchTable } from "./status/watch_table.ts";
import { socketOf } from "./which_daemon.ts";

interface WatchOptions extends Where {
  readonly door?: string | undefined;
  readonly ip?: string | undefined;
  readonly lines?: true | undefined;
  readonly json?: true | undefined;
}

/** Shows it until the daemon ends. */
export async function watch(
  { door, ip, json, lines: plainly, ...where }: WatchOptions,
): Promise<void> {
  const lines = watched(watchControl(await socketOf(where), {
    command: "watch",
    ...defined({ door, ip: networkOf(ip) }),
  }));
  if (json || plainly || !canRedraw(Deno.stdout)) {
    for await (const line of lines) {
      // One whose reader has gone, as by head(1), would watch for ever.
      if (!printed(json ? JSON.stringify(line) : plain(line))) return;
    }
  } else await showTable(lines);
  throw new Failure("the daemon has stopped, or we did not keep up");
}

async function* watched(values: AsyncIterable<unknown>): AsyncGenerator<WatchedLine> {
  for await (const value of values) yield sensible("watch", value) as WatchedLine;
}

function plain({ time, line }: WatchedLine): string {
  return escapeControls(`${new Date(time).toTimeString().slice(0, 8)} ${line}`);
}

/** Milliseconds between two pictures at least. */
const REDRAW_MS = 200;

async function showTable(lines: AsyncGenerator<WatchedLine>): Promise<void> {
  const table = new WatchTable();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const draw = () => {
    timer = undefined;
    const { columns, rows } = terminalSize();
    print(HOME_AND_CLEAR + table.lines(rows - 1, columns).join("\n"));
  };
  const drawSoon = () => timer ??= setTimeout(draw, REDRAW_MS);
  draw();
  Deno.addSignalListener("SIGWINCH", drawSoon);
  try {
    for await (const line of lines) {
      table.add(line);
      drawSoon();
    }
  } finally {
    Deno.removeSignalListener("SIGWINCH", drawSoon);
    // What came last is why the daemon has ended.
    if (timer !== undefined) clearTimeout(timer), draw();
  }
}
