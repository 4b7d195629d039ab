/** Files for service managers, put where they belong. */

import { Failure, UsageError } from "../../../core/failure.ts";
import { realMachine } from "../../../doctor/machine.ts";
import { exists } from "../../../files/look.ts";
import { explained, explainedLater } from "../../../files/reason.ts";
import { isUnderWay } from "../../../setup/service/steps.ts";
import { dropInWarnings } from "./drop_ins.ts";
import { installFile, type NewFile, refuseToInstall } from "./install.ts";
import { packagedFile } from "./packaged_file.ts";
import { FILES, type ServicePlace } from "./service_files.ts";

/** A file that is where it belongs. */
interface InstalledFile {
  readonly path: string;
  /** Whether it was not there before. */
  readonly isNew: boolean;
  /** What may keep it from doing what it says. */
  readonly warnings: readonly string[];
}

/** What there is of a service now. */
interface InstalledService {
  readonly files: readonly InstalledFile[];
  /** The commands that put it into force. */
  readonly next: readonly string[];
}

/**
 * Puts a file where it belongs, and what belongs to it. Each of them is looked at before
 * any is put, so that none is there without the others.
 */
export function installService(
  kind: string,
  config: string,
  replace: boolean,
): Promise<InstalledService> {
  return explainedLater("knockd can't be installed as a service", async () => {
    const file = await FILES[kind]!(config);
    const { path, next } = placeOf(kind, file.place);
    const isRunning = await isRunningBy(path);
    const beside = file.beside && await FILES[file.beside.kind]!(config);
    const all = beside === undefined ? [file] : [beside, file];
    const news = all.map(({ text, place, prepare }) => {
      const { path, mode } = placeOf(kind, place);
      const packaged = packagedFile(path, config);
      return { path, mode, text, replace, prepare, packaged };
    });
    for (const each of news) refuse(each);
    for (const { prepare, packaged } of news) {
      if (packaged === undefined) await prepare?.();
    }
    const files = news.map(put);
    return { files, next: next(isRunning) };
  });
}

/** Whether anything runs under that name, knockd 0.8, too, as far as systemd knows. */
async function isRunningBy(file: string): Promise<boolean> {
  const said = await realMachine().run("systemctl", "is-active", "knockd");
  if (said !== undefined) return isUnderWay(said.text);
  if (!file.startsWith("/etc/systemd/")) return false;
  throw new Failure(
    `nothing here would start ${file}: there is no systemctl`,
    "knockd service openrc --install, or sysv; knockd help service has all kinds",
  );
}

function placeOf(kind: string, place: ServicePlace | undefined): ServicePlace {
  if (place !== undefined) return place;
  throw new UsageError(
    `there is no place to install it for ${kind}`,
    `knockd service ${kind} > Containerfile`,
  );
}

/** A file that this makes, or the package's that is in force without it. */
type ServiceFileHere = NewFile & { readonly packaged: string | undefined };

function refuse(file: ServiceFileHere): void {
  const { path, replace, packaged } = file;
  if (packaged === undefined) return void refuseToInstall(file);
  if (packaged === path || replace || !exists(path)) return;
  throw new Failure(
    `${path} is there, in the place of the package's ${packaged}`,
    "knockd service --install --force removes it",
  );
}

function put(file: ServiceFileHere): InstalledFile {
  const { path, packaged } = file;
  if (packaged === undefined) return shown(path, installFile(file), file.text);
  if (packaged !== path && exists(path)) {
    explained(`${path} can't be removed`, () => Deno.removeSync(path));
  }
  return shown(packaged, false, Deno.readTextFileSync(packaged));
}

function shown(path: string, isNew: boolean, text: string): InstalledFile {
  const unit = path.split("/").at(-1)!;
  const warnings = unit.endsWith(".service") ? dropInWarnings(unit, text) : [];
  return { path, isNew, warnings };
}
