/** Which daemon a command is meant for, of those that run on this machine. */

import { DEFAULT_CONFIG } from "../../config/default_config.ts";
import {
  type Account,
  instancePaths,
  nameOf,
  ownAccount,
  settled,
} from "../../config/instance.ts";
import { loadConfig } from "../../config/load.ts";
import { namedPlaces } from "../../config/named_places.ts";
import { Failure } from "../../core/failure.ts";
import type { Where } from "../daemon_command.ts";
import { sensible } from "./daemon_answer.ts";
import { startCommand } from "../../server/control/start_command.ts";
import type { ControlRequest } from "../../server/control/message.ts";
import {
  askRunning,
  type RunningDaemon,
  runningDaemons,
} from "../../server/control/running.ts";
import { requestControl } from "../../server/control/client.ts";
import { mayExist } from "../../files/look.ts";
import { isSameFile } from "../../files/path.ts";

/** Asks the daemon that is meant. */
export async function ask(where: Where, request: ControlRequest): Promise<unknown> {
  try {
    const answer = await requestControl(await socketOf(where), request);
    return sensible(request.command, answer);
  } catch (error) {
    throw mistypedConfig(where, error) ?? error;
  }
}

/** A daemon is found though its config is gone; where there is neither, it was mistyped. */
function mistypedConfig({ config }: Where, error: unknown): Failure | undefined {
  const { cause } = error instanceof Failure ? error : {};
  const isAbsent = cause instanceof Deno.errors.NotFound;
  if (config === undefined || !isAbsent || mayExist(config)) return undefined;
  return new Failure(
    `${config}: there is no such config, and no daemon here that was started with it`,
    "name the config of the daemon, or leave --config out where only one runs",
    { cause },
  );
}

/** The control socket of the daemon that is meant; throws a Failure if several may be. */
export async function socketOf(where: Where): Promise<string> {
  return await meantSocket(where) ?? nowhere();
}

/** The config of the daemon that is meant, or the usual one where none runs. */
export async function configOf(where: Where): Promise<string> {
  if (where.config !== undefined) return where.config;
  const socket = await meantSocket(where);
  const daemon = socket === undefined ? undefined : await askRunning(socket);
  return daemon?.config ?? DEFAULT_CONFIG;
}

async function meantSocket(where: Where): Promise<string | undefined> {
  if (where.control !== undefined) return where.control;
  const account = ownAccount();
  const isNamed = where.config !== undefined;
  const own = where.interface !== undefined && !isNamed
    ? undefined
    : await ownSocket(where, account, isNamed);
  if (own !== undefined && await isAnswered(own)) return own;
  const said = isNamed ? undefined : await ownSocket(where, account, true);
  const running = await runningDaemons(account, said === undefined ? [] : [said]);
  return theOneOf(running.filter((daemon) => isMeant(daemon, where))) ?? own ?? said;
}

/** Where the daemon that is meant keeps its state, by its config. */
export async function stateDirOf(where: Where): Promise<string | undefined> {
  const instance = settled({ ...where, config: where.config ?? DEFAULT_CONFIG });
  const options = await optionsOf(instance.config);
  return instancePaths(options, instance, await nameOf(instance), ownAccount()).stateDir;
}

/** Where the daemon answers by its config; who may ask need not be able to read it. */
async function ownSocket(
  where: Where,
  account: Account,
  readConfig: boolean,
): Promise<string | undefined> {
  const instance = settled({ ...where, config: where.config ?? DEFAULT_CONFIG });
  const options = readConfig ? await optionsOf(instance.config) : {};
  return instancePaths(options, instance, await nameOf(instance), account).control;
}

async function optionsOf(config: string) {
  // A daemon goes on with what it has read while its config is wrong.
  return (await loadConfig(config)).config?.options ?? namedPlaces(config);
}

async function isAnswered(path: string): Promise<boolean> {
  try {
    (await Deno.connect({ transport: "unix", path })).close();
    return true;
  } catch (error) {
    // Whoever may not ask is to be told so.
    return error instanceof Deno.errors.PermissionDenied;
  }
}

function isMeant(daemon: RunningDaemon, where: Where): boolean {
  return (where.config === undefined || isSameFile(daemon.config, where.config)) &&
    (where.interface === undefined || daemon.interfaces.includes(where.interface));
}

function theOneOf(daemons: readonly RunningDaemon[]): string | undefined {
  if (daemons.length <= 1) return daemons[0]?.socket;
  const lines = daemons.map(({ socket, config, interfaces }) =>
    `  ${socket}  ${config}  ${interfaces.join(", ") || "the default route's"}`
  );
  throw new Failure(
    [`${daemons.length} daemons run; which one?`, ...lines].join("\n"),
    "name it with --control, or with --config and -i",
  );
}

function nowhere(): never {
  throw new Failure("no daemon is running here", startCommand(mayExist));
}
