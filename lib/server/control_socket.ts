/** The daemon's own control socket: made, and made anew where it went away. */

import { type Config } from "../config/config.ts";
import { Failure } from "../core/failure.ts";
import { mayExist } from "../files/look.ts";
import { reason } from "../files/reason.ts";
import type { ControlRequest } from "./control/message.ts";
import { ControlServer } from "./control/server.ts";
import type { Logger } from "./log/log.ts";
import type { System } from "./system.ts";
import { refuseTwin } from "./twin.ts";

/** How often the daemon looks whether its socket is there. */
const PERIOD_MS = 60_000;

/** What answers there. */
export type Handle = (request: ControlRequest) => Promise<unknown>;

/** What the socket needs of the daemon around it. */
export interface Around {
  readonly logger: Logger;
  readonly system: Pick<System, "schedule">;
  /** Told what keeps everybody out though the socket is there, each time it is tried. */
  readonly onFault: (error: unknown) => void;
}

/**
 * Opens the control socket. The daemon does its work without one, too: what is in the way
 * is said, and tried again every minute, as when somebody takes the socket away; throws a
 * Failure only if it is a twin.
 */
export async function openControl(
  config: Config,
  handle: Handle,
  around: Around,
): Promise<AsyncDisposable> {
  const control = new ControlSocket(config, handle, around);
  if (await control.open()) return control;
  try {
    await refuseTwin(config);
  } catch (error) {
    await control[Symbol.asyncDispose]();
    throw error;
  }
  return control;
}

/** The socket of a daemon, which is opened again where it went away. */
class ControlSocket implements AsyncDisposable {
  readonly #config: Config;
  readonly #handle: Handle;
  readonly #around: Around;
  #server: ControlServer | undefined;
  #said = "";
  #checking = Promise.resolve();
  #cancel = () => {};

  constructor(config: Config, handle: Handle, around: Around) {
    this.#config = config;
    this.#handle = handle;
    this.#around = around;
    if (config.options.control !== undefined) this.#plan();
  }

  /** Listens, and says why not; whether it does. */
  async open(): Promise<boolean> {
    const { control: path, controlGroup: group, stateDir } = this.#config.options;
    try {
      if (path === undefined) throw new Failure("there is no place for it; set control");
      makeDirectory(path, stateDir);
      const server = { path, handle: this.#handle, onFault: this.#onFault };
      this.#server = await ControlServer.open(group ? { ...server, group } : server);
      return true;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      this.#warn(`no control socket: ${error.message}`);
      return false;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#cancel();
    await this.#checking;
    await this.#server?.[Symbol.asyncDispose]();
  }

  readonly #onFault = (error: unknown): void => {
    const words = `the control socket takes nobody: ${reason(error)}`;
    this.#around.onFault(new Failure(words, undefined, { cause: error }));
  };

  #plan(): void {
    this.#cancel = this.#around.system.schedule(PERIOD_MS, () => {
      this.#plan();
      this.#checking = this.#check();
    });
  }

  async #check(): Promise<void> {
    const path = this.#config.options.control!;
    // A disk that does not tell is no reason to hang up on anybody, and closing would take
    // away what somebody else has put there.
    if (this.#server !== undefined && mayExist(path)) return;
    await this.#server?.[Symbol.asyncDispose]();
    this.#server = undefined;
    if (!await this.open()) return;
    this.#said = "";
    this.#warn(`the control socket is at ${path} again`);
    this.#said = "";
  }

  /** The same is said once. */
  #warn(message: string): void {
    if (message === this.#said) return;
    this.#said = message;
    this.#around.logger.warn("{message}", { event: "control", message });
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
