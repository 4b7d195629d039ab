/** What a running daemon does when it is asked. */

import type { Changed } from "../config/changed.ts";
import { parseAddress } from "../core/address.ts";
import { Failure } from "../core/failure.ts";
import type { ControlRequest } from "./control/message.ts";
import type { History } from "./history/history.ts";
import type { ChosenLeases } from "./leases/close_within.ts";
import type { LogHandle } from "./log/log.ts";
import type { Daemon } from "./daemon.ts";
import { metricsText } from "./metrics_server.ts";
import type { Status } from "./status.ts";
import type { Trial } from "./trial.ts";

/** Where it is looked up what happened, and what happens. */
interface Told {
  readonly log: LogHandle;
  readonly history: History;
}

/** What is not as the config says, though it is in force. */
export interface Reloaded extends Changed {
  readonly deaf: Status["interfaces"];
}

/** Answers a request; the answer is JSON, or a stream of it. */
export async function handleControl(
  daemon: Daemon,
  trial: Trial | undefined,
  { log, history }: Told,
  request: ControlRequest,
): Promise<unknown> {
  switch (request.command) {
    case "status":
      return daemon.status(trial?.left, history.lastOpenings());
    case "metrics":
      return await metricsText(daemon, request.format);
    case "reload":
      await daemon.reload();
      return {
        deaf: daemon.status().interfaces.filter(({ hears }) => !hears),
        ...daemon.changed(),
      } satisfies Reloaded;
    case "confirm":
      if (trial?.confirm()) return null;
      throw new Failure("the daemon is not on trial");
    case "resync":
      return daemon.resync(request) ?? null;
    case "log":
      return history.newest(request);
    case "watch":
      if (request.door !== undefined) known(daemon, request.door);
      return log.watchers.add(request);
    case "close":
      return await daemon.close(whichLeases(daemon, request));
  }
}

/** A door that nobody opens would be waited for in vain. */
function known(daemon: Daemon, door: string): void {
  if (daemon.knowsDoor(door)) return;
  throw new Failure(`there is no door ${door}`, "knockd status lists the doors");
}

type CloseRequest = Extract<ControlRequest, { command: "close" }>;

function whichLeases(daemon: Daemon, request: CloseRequest): ChosenLeases {
  const here = request.here ?? false;
  if ("all" in request) return { here };
  const { door } = request;
  known(daemon, door);
  if (request.address === undefined) return { door, here };
  const address = parseAddress(request.address);
  if (address !== undefined) return { door, ip: address.text, here };
  throw new Failure(`${JSON.stringify(request.address)} is not an IP address`);
}
