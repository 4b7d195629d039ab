/** Files for service managers, put where they belong. */

import { UsageError } from "../../core/failure.ts";
import { realMachine } from "../../doctor/machine.ts";
import { explainedLater } from "../../files/reason.ts";
import { isUnderWay } from "../../setup/service/steps.ts";
import { dropInWarnings } from "./drop_ins.ts";
import { installFile, type NewFile, refuseToInstall } from "./install.ts";
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
    const { next } = placeOf(kind, file.place);
    const beside = file.beside && await FILES[file.beside.kind]!(config);
    const all = beside === undefined ? [file] : [beside, file];
    const news = all.map(({ text, place }) => ({
      ...placeOf(kind, place),
      text,
      replace,
    }));
    for (const each of news) refuseToInstall(each);
    for (const { prepare } of all) await prepare?.();
    const files = news.map(put);
    return { files, next: next(await isRunning()) };
  });
}

/** Whatever runs under that name: knockd 0.8, too. */
async function isRunning(): Promise<boolean> {
  const said = await realMachine().run("systemctl", "is-active", "knockd");
  return said !== undefined && isUnderWay(said.text);
}

function placeOf(kind: string, place: ServicePlace | undefined): ServicePlace {
  if (place !== undefined) return place;
  throw new UsageError(
    `there is no place to install it for ${kind}`,
    `knockd service ${kind} > Containerfile`,
  );
}

function put(file: NewFile): InstalledFile {
  const { path, text } = file;
  const unit = path.split("/").at(-1)!;
  return {
    path,
    isNew: installFile(file),
    warnings: unit.endsWith(".service") ? dropInWarnings(unit, text) : [],
  };
}
