/** Talking to the running daemon: `status`, `close`, `reload`, `confirm`, `resync`. */

import { parseAddress } from "../../core/address.ts";
import { plural } from "../../core/plural.ts";
import { Failure, UsageError } from "../../core/failure.ts";
import { escapeControls, quoted } from "../../core/printable.ts";
import type { Reloaded } from "../../server/control_handler.ts";
import type { ControlRequest } from "../../server/control/message.ts";
import type { MetricsFormat } from "../../server/metrics/exposition.ts";
import type { Closed } from "../../server/leases/close_within.ts";
import { changeWarnings, troubleWords } from "../../server/log/trouble.ts";
import type { Status } from "../../server/status.ts";
import type { Where } from "../daemon_command.ts";
import { print, printError, printJson, printText } from "../terminal.ts";
import { addressOf } from "./network.ts";
import { statusLines } from "./status/status_lines.ts";
import { watchStatus } from "./status/status_watch.ts";
import { ask } from "./which_daemon.ts";

interface StatusOptions extends Where {
  readonly json?: true | undefined;
  readonly metrics?: string | true | undefined;
  readonly watch?: true | undefined;
}

/** Prints what the daemon is doing. */
export async function status(
  { json, metrics, watch, ...where }: StatusOptions,
): Promise<void> {
  const [first, second] = Object.entries({ json, metrics, watch })
    .filter(([, given]) => given !== undefined).map(([name]) => `--${name}`);
  if (second !== undefined) {
    throw new UsageError(`${first} and ${second} exclude each other`);
  }
  if (metrics !== undefined) return await printMetrics(where, metrics);
  const now = async () => await ask(where, { command: "status" }) as Status;
  if (watch) return await watchStatus(now);
  if (json) return printJson(await now());
  for (const line of statusLines(await now())) print(line);
}

async function printMetrics(where: Where, wanted: string | true): Promise<void> {
  const format = metricsFormat(wanted);
  const more = format === "prometheus" ? { format } as const : {};
  printText(await ask(where, { command: "metrics", ...more }) as string);
}

function metricsFormat(wanted: string | true): MetricsFormat {
  if (wanted === true || wanted === "openmetrics") return "openmetrics";
  if (wanted === "prometheus") return wanted;
  throw new UsageError(
    `${quoted(wanted)} is no format of metrics: it is openmetrics or prometheus`,
    "knockd status --metrics prometheus",
  );
}

interface CloseOptions extends Where {
  readonly all?: true | undefined;
  readonly here?: true | undefined;
}

/** Closes a door, for everybody or for one address, or every door. */
export async function close(
  door: string | undefined,
  address: string | undefined,
  { all, here, ...where }: CloseOptions,
): Promise<void> {
  const more = here ? { here } as const : {};
  const request = { ...closeRequest(door, address, all), ...more };
  const { closed, failing, untold = 0 } = await ask(where, request) as Closed;
  if (closed + failing + untold === 0) {
    throw new Failure("nothing is open there", "knockd status lists what is open");
  }
  print(`closed ${plural(closed, "lease")}`);
  if (failing > 0) {
    throw new Failure(
      failing === 1 ? "1 lease is still open" : `${failing} leases are still open`,
      "their stop commands fail, and are tried again; the daemon's log says why",
    );
  }
  if (untold > 0) {
    throw new Failure(
      "the other machines of the fleet can't be told yet, and may have them open still",
      "they are told as soon as etcd takes it, and the daemon's log says why it does not; " +
        "until then: knockd close --here on each",
    );
  }
}

/** What is to be closed; what makes no sense is refused before a daemon is asked. */
function closeRequest(door?: string, text?: string, all?: true): ControlRequest {
  if ((door === undefined) === (all === undefined)) {
    throw new UsageError(
      "close takes a door, or --all",
      "knockd status lists what is open",
    );
  }
  if (door === undefined) return { command: "close", all: true };
  if (parseAddress(door) !== undefined) {
    throw new UsageError(
      `${door} is an address; the door comes first`,
      `knockd close ${text ?? "DOOR"} ${door}`,
    );
  }
  if (text === undefined) return { command: "close", door };
  return { command: "close", door, address: addressOf(`close ${door}`, text).text };
}

/** Lets the daemon read its config again; what it does not hear now may come yet. */
export async function reload(where: Where): Promise<void> {
  const reloaded = await ask(where, { command: "reload" }) as Partial<Reloaded> | null;
  // A daemon that an earlier version started says nothing.
  const { deaf = [], ...changed } = reloaded ?? {};
  const warnings = [
    ...deaf.map(({ interface: name, reason }) =>
      `not listening on ${name}: ${reason}; the daemon waits for it`
    ),
    ...changeWarnings(changed).map(troubleWords),
  ];
  for (const warning of warnings) {
    printError(escapeControls(`knockd: warning: ${warning}`));
  }
}

/** Ends a trial well. */
export async function confirm(where: Where): Promise<void> {
  await ask(where, { command: "confirm" });
}

/** Lets a client in again after both clocks were ahead. */
export async function resyncClient(
  door: string,
  client: string,
  where: Where,
): Promise<void> {
  const spent = await ask(where, { command: "resync", door, client });
  if (typeof spent !== "number") {
    return print(`nothing to do: ${client}'s spent step is not in the future`);
  }
  print(`${client} is let in again by steps after the present one`);
  print(`what was spent up to ${new Date(spent).toISOString()} stays spent`);
}
