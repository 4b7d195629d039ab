/** The files that `knockd service` makes, of what a config and this program say. */

import type { Config } from "../../../config/config.ts";
import { loadConfigOrThrow } from "../../../config/load.ts";
import { Failure, UsageError } from "../../../core/failure.ts";
import { orUndefined } from "../../../core/or_undefined.ts";
import { ownOutput } from "../../../files/own_output.ts";
import { directoryOf } from "../../../files/path.ts";
import { executable } from "../../../server/process/this_program.ts";
import { containerfile } from "../../../setup/service/container.ts";
import { GUARD_UNIT_PATH, guardUnit } from "../../../setup/service/guard.ts";
import { OPENRC_GUARD_PATH, openrcGuard } from "../../../setup/service/openrc_guard.ts";
import { OPENRC_SCRIPT_PATH, openrcScript } from "../../../setup/service/openrc.ts";
import { ownUserUnit, whyRoot } from "../../../setup/service/own_user.ts";
import { plainPath, type Service } from "../../../setup/service/service.ts";
import { systemdSteps, sysvSwitch } from "../../../setup/service/steps.ts";
import { SYSTEMD_UNIT_PATH, systemdUnit } from "../../../setup/service/systemd.ts";
import { SYSV_GUARD_PATH, sysvGuard } from "../../../setup/service/sysv_guard.ts";
import { SYSV_SCRIPT_PATH, sysvScript } from "../../../setup/service/sysv.ts";
import { isPackaged } from "./packaged_file.ts";
import { installAccount } from "./service_account.ts";
import { installRuntime, startOf } from "./service_runtime.ts";

/** Where a file belongs, and with which mode. */
export interface ServicePlace {
  readonly path: string;
  readonly mode: number;
  /**
   * What to do then, if systemd says that a knockd runs or not. Of other managers' none is
   * asked: a restart also starts what does not run, and only a start would change nothing.
   */
  next(isRunning: boolean): readonly string[];
}

/** A file for a service manager. */
interface ServiceFile {
  readonly text: string;
  readonly place?: ServicePlace;
  /** Another kind that belongs to it, and what it is good for. */
  readonly beside?: { readonly kind: string; readonly why: string };
  /** What has to be there before it is of use. */
  readonly prepare?: () => Promise<void>;
}

/** A script in /etc/init.d, and what puts it into force. */
interface Script {
  readonly path: string;
  readonly text: (service: Service) => string;
  readonly steps: readonly string[];
}

const OPENRC: Script = {
  path: OPENRC_SCRIPT_PATH,
  text: openrcScript,
  steps: ["rc-update add knockd", "rc-service knockd restart"],
};
const OPENRC_GUARD: Script = {
  path: OPENRC_GUARD_PATH,
  text: openrcGuard,
  steps: ["rc-update add knockd-guard boot", "rc-service knockd-guard start"],
};
const SYSV: Script = {
  path: SYSV_SCRIPT_PATH,
  text: sysvScript,
  steps: ["update-rc.d knockd defaults", "service knockd restart"],
};
const SYSV_GUARD: Script = {
  path: SYSV_GUARD_PATH,
  text: sysvGuard,
  steps: ["update-rc.d knockd-guard defaults", "service knockd-guard start"],
};

type MakeFile = (config: string) => ServiceFile | Promise<ServiceFile>;

/** How each kind of file is made of a config. */
export const FILES: Readonly<Record<string, MakeFile>> = {
  systemd: systemdFile,
  guard: guardFile,
  openrc: (path) => scriptFile(path, OPENRC, "openrc-guard", OPENRC_GUARD),
  "openrc-guard": (path) => guardScriptFile(path, OPENRC_GUARD),
  sysv: (path) => {
    const defaults = orUndefined(() => Deno.readTextFileSync("/etc/default/knockd")) ??
      "";
    const steps = [...sysvSwitch(defaults), ...SYSV.steps];
    return scriptFile(path, { ...SYSV, steps }, "sysv-guard", SYSV_GUARD);
  },
  "sysv-guard": (path) => guardScriptFile(path, SYSV_GUARD),
  container: () => ({ text: containerfile() }),
};

async function guardFile(path: string): Promise<ServiceFile> {
  return {
    text: guardUnit(await guarded(path)),
    place: {
      path: GUARD_UNIT_PATH,
      mode: 0o644,
      next: (isRunning) => systemdSteps(["knockd-guard"], isRunning),
    },
  };
}

/** The service whose config has doors that are to be guarded. */
async function guarded(path: string): Promise<Service> {
  const { config } = await loadConfigOrThrow(path);
  if (hasKernelDoors(config)) return describe(path, config);
  throw new UsageError(`no door of ${path} has open, so there is nothing to guard`);
}

/** What shuts the ports is a file of its own, where a config has some. */
function guardBeside(config: Config, kind: string): Pick<ServiceFile, "beside"> {
  if (!hasKernelDoors(config)) return {};
  const why = "The ports are shut before the network is up by a file of its own: " +
    `knockd service ${kind}`;
  return { beside: { kind, why } };
}

function hasKernelDoors({ doors }: Config): boolean {
  return doors.some(({ kernel }) => kernel !== undefined);
}

async function systemdFile(path: string): Promise<ServiceFile> {
  const { config } = await loadConfigOrThrow(path);
  const units = hasKernelDoors(config) ? ["knockd-guard", "knockd"] : ["knockd"];
  return {
    ...unitOf(config, describe(path, config)),
    ...guardBeside(config, "guard"),
    place: {
      path: SYSTEMD_UNIT_PATH,
      mode: 0o644,
      next: (isRunning) => systemdSteps(units, isRunning),
    },
  };
}

/** Root's only where it has to be. */
function unitOf(config: Config, service: Service): Pick<ServiceFile, "text" | "prepare"> {
  const why = whyRoot(config) ?? (isPackaged() ? "a package has the program" : undefined);
  if (why !== undefined) {
    return { text: systemdUnit(service, hasKernelDoors(config) ? why : undefined) };
  }
  return {
    text: ownUserUnit(service, startOf(service.program), config.options.controlGroup),
    async prepare() {
      await installAccount(service.config);
      await installRuntime();
    },
  };
}

/** A script that starts the daemon, after its guard where the config has need of one. */
async function scriptFile(
  path: string,
  script: Script,
  guardKind: string,
  guard: Script,
): Promise<ServiceFile> {
  const { config } = await loadConfigOrThrow(path);
  const steps = [...(hasKernelDoors(config) ? guard.steps : []), ...script.steps];
  return {
    text: script.text(describe(path, config)),
    ...guardBeside(config, guardKind),
    place: placeOf(script, steps),
  };
}

async function guardScriptFile(path: string, script: Script): Promise<ServiceFile> {
  const text = script.text(await guarded(path));
  return { text, place: placeOf(script, script.steps) };
}

function placeOf({ path }: Script, steps: readonly string[]): ServicePlace {
  return { path, mode: 0o755, next: () => steps };
}

function describe(path: string, config: Config): Service {
  const plain = (path: string) => {
    const plain = plainPath(path);
    if (plain !== undefined) return plain;
    throw new Failure(
      `${JSON.stringify(path)} can't go into a service file as it is`,
      "move it to a path of letters, digits and _ . @ : + - /",
    );
  };
  return {
    program: plain(installedProgram()),
    config: plain(path),
    writable: writtenTo(config).map(plain),
    isGuarded: hasKernelDoors(config),
    givesSocketAway: config.options.controlGroup !== undefined,
  };
}

function installedProgram(): string {
  const program = executable();
  if (program !== undefined) return program;
  throw new Failure(
    "a service needs the executable, and this is knockd run from its source",
    "npx -y deno@2.9.6 task build; install -m 755 dist/knockd /usr/local/bin/knockd; " +
      "/usr/local/bin/knockd service",
  );
}

/** Directories that the daemon writes to; the unit sees to the default of its state. */
function writtenTo({ options, doors }: Config): string[] {
  const { control, pidFile, logFile, stateDir } = options;
  const files = [control, pidFile, logFile].filter((path) => path !== undefined)
    .filter((path) => ownOutput(path) === undefined);
  for (const { key } of doors) if (key.kind === "file") files.push(key.path);
  const directories = files.map(directoryOf);
  if (stateDir !== undefined) directories.push(stateDir);
  return [...new Set(directories)].filter((path) => path !== "/var/lib/knockd");
}
