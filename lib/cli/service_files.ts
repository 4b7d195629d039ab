/**
 * The files that `knockd service` makes, of what a config and this program say.
 *
 * @module
 */
import type { Config } from "../config/config.ts";
import type { Service } from "../setup/service/service.ts";
import { Failure, UsageError } from "../core/failure.ts";

/** A file for a service manager. */
export interface ServiceFile {
  readonly text: string;
  /** Where it belongs, with which mode, and what to do then. */
  readonly place?: { path: string; mode: number; next: readonly string[] };
  /** Another kind that belongs to it, and what it is good for. */
  readonly beside?: { readonly kind: string; readonly why: string };
  /** What has to be there before it is of use. */
  readonly prepare?: () => Promise<void>;
}

/** How each kind of file is made of a config. */
export const FILES: Readonly<Record<string, (config: string) => Promise<ServiceFile>>> = {
  systemd: systemdFile,
  guard: guardFile,
  openrc: openrcFile,
  sysv: sysvFile,
  container: async () => {
    const { containerfile } = await import("../setup/service/container.ts");
    return { text: containerfile() };
  },
};

async function guardFile(path: string): Promise<ServiceFile> {
  const { loadConfigOrThrow } = await import("../config/load.ts");
  const { GUARD_UNIT_PATH, guardUnit } = await import("../setup/service/guard.ts");
  const { config } = await loadConfigOrThrow(path);
  if (!hasKernelDoors(config)) {
    throw new UsageError(`no door of ${path} has open, so there is nothing to guard`);
  }
  const next = ["systemctl daemon-reload", "systemctl enable --now knockd-guard"];
  return {
    text: guardUnit(await describe(path, config)),
    place: { path: GUARD_UNIT_PATH, mode: 0o644, next },
  };
}

function hasKernelDoors({ doors }: Config): boolean {
  return doors.some(({ kernel }) => kernel !== undefined);
}

async function systemdFile(path: string): Promise<ServiceFile> {
  const { loadConfigOrThrow } = await import("../config/load.ts");
  const { SYSTEMD_UNIT_PATH } = await import("../setup/service/systemd.ts");
  const { config } = await loadConfigOrThrow(path);
  const guarded = hasKernelDoors(config);
  const units = guarded ? "knockd-guard knockd" : "knockd";
  return {
    ...await unitOf(config, await describe(path, config)),
    ...(guarded && {
      beside: {
        kind: "guard",
        why: "The ports are shut before the network is up by a unit of its own: " +
          "knockd service guard",
      },
    }),
    place: {
      path: SYSTEMD_UNIT_PATH,
      mode: 0o644,
      next: ["systemctl daemon-reload", `systemctl enable --now ${units}`],
    },
  };
}

/** Root's only where it has to be. */
async function unitOf(
  config: Config,
  service: Service,
): Promise<Pick<ServiceFile, "text" | "prepare">> {
  const { ownUserUnit, whyRoot } = await import("../setup/service/own_user.ts");
  const why = whyRoot(config);
  if (why !== undefined) {
    const { systemdUnit } = await import("../setup/service/systemd.ts");
    return { text: systemdUnit(service, hasKernelDoors(config) ? why : undefined) };
  }
  const { installRuntime, startOf } = await import("./service_runtime.ts");
  return {
    text: ownUserUnit(service, startOf(service.program), config.options.controlGroup),
    async prepare() {
      const { installAccount } = await import("./service_account.ts");
      await installAccount(service.config);
      await installRuntime();
    },
  };
}

async function openrcFile(path: string): Promise<ServiceFile> {
  const { OPENRC_SCRIPT_PATH, openrcScript } = await import("../setup/service/openrc.ts");
  return {
    text: openrcScript(await describe(path)),
    place: {
      path: OPENRC_SCRIPT_PATH,
      mode: 0o755,
      next: ["rc-update add knockd", "rc-service knockd start"],
    },
  };
}

async function sysvFile(path: string): Promise<ServiceFile> {
  const { SYSV_SCRIPT_PATH, sysvScript } = await import("../setup/service/sysv.ts");
  return {
    text: sysvScript(await describe(path)),
    place: {
      path: SYSV_SCRIPT_PATH,
      mode: 0o755,
      next: ["update-rc.d knockd defaults", "service knockd start"],
    },
  };
}

async function describe(path: string, config?: Config): Promise<Service> {
  const { plainPath } = await import("../setup/service/service.ts");
  const plain = (path: string) => {
    const plain = plainPath(path);
    if (plain !== undefined) return plain;
    throw new Failure(
      `${JSON.stringify(path)} can't go into a service file as it is`,
      "move it to a path of letters, digits and _ . @ : + - /",
    );
  };
  return {
    program: plain(await installedProgram()),
    config: plain(path),
    writable: config === undefined ? [] : writtenTo(config).map(plain),
    isGuarded: config !== undefined && hasKernelDoors(config),
    givesSocketAway: config?.options.controlGroup !== undefined,
  };
}

async function installedProgram(): Promise<string> {
  const { executable } = await import("../server/process/this_program.ts");
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
  const files = [control, pidFile, logFile].filter((path) => path !== undefined);
  for (const { key } of doors) if (key.kind === "file") files.push(key.path);
  const directories = files.map((path) => path.slice(0, path.lastIndexOf("/")) || "/");
  if (stateDir !== undefined) directories.push(stateDir);
  return [...new Set(directories)].filter((path) => path !== "/var/lib/knockd");
}
