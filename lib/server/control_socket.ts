/**
 * The daemon's own control socket, and who answers there already.
 *
 * @module
 */
import { type Config } from "../config/config.ts";
import { absolutePath } from "../config/instance.ts";
import { Failure } from "../core/failure.ts";
import { reason } from "../files/reason.ts";
import { requestControl } from "./control/client.ts";
import type { ControlRequest } from "./control/message.ts";
import { ControlServer } from "./control/server.ts";
import type { Logger } from "./log/log.ts";
import type { Status } from "./status.ts";

/** Milliseconds in which a daemon that is well says who it is. */
const PATIENCE_MS = 2000;

/** Throws a Failure if a daemon runs with the same config and interfaces. */
export async function refuseTwin({ path, options }: Config): Promise<void> {
  const { control, interfaces } = options;
  const other = control === undefined ? undefined : await whoAnswers(control);
  if (other === undefined || !sameFile(other.config, path)) return;
  if (`${other.listenOn}` !== `${interfaces}`) return;
  throw new Failure(
    `another knockd is running with this config (process ${other.pid}, it answers at ` +
      `${control})`,
    `stop it first (kill ${other.pid}), or let it read the config again: knockd reload`,
  );
}

/**
 * Opens the control socket. The daemon does its work without one, too: what is in the way
 * is said; throws a Failure only if it is a twin.
 */
export async function openControl(
  config: Config,
  handle: (request: ControlRequest) => Promise<unknown>,
  logger: Logger,
): Promise<AsyncDisposable | undefined> {
  const { control: path, controlGroup: group } = config.options;
  try {
    if (path === undefined) throw new Failure("there is no place for it; set control");
    makeDirectory(path, config.options.stateDir);
    const server = { path, handle, ...(group === undefined ? {} : { group }) };
    return await ControlServer.open(server);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    await refuseTwin(config);
    const { message } = error;
    logger.warn("no control socket: {message}", { event: "control", message });
    return undefined;
  }
}

/** The socket may be in the journal's directory, and there need not be a journal. */
function makeDirectory(path: string, stateDir: string | undefined): void {
  if (stateDir === undefined || path !== `${stateDir}/control.sock`) return;
  try {
    Deno.mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new Failure(`${stateDir}: ${reason(error)}`, undefined, { cause: error });
  }
}

async function whoAnswers(control: string): Promise<Status | undefined> {
  try {
    return await requestControl(control, { command: "status" }, PATIENCE_MS) as Status;
  } catch {
    return undefined;
  }
}

function sameFile(a: string, b: string): boolean {
  try {
    return Deno.realPathSync(a) === Deno.realPathSync(b);
  } catch {
    return a === absolutePath(b);
  }
}
