/** The daemon itself: its program, its unit, and whether it runs. */

import type { Failure } from "../core/failure.ts";
import { type Examined, ill, unknown, well } from "./finding.ts";
import type { Status } from "../server/status.ts";
import { VERSION } from "../version.ts";
import { startCommand } from "../server/control/start_command.ts";
import type { Machine } from "./machine.ts";

/** Where a daemon answered, which interfaces it does not hear, and how its fleet is. */
export interface Answered {
  readonly at: string;
  readonly deaf: Status["interfaces"];
  readonly fleet?: Status["fleet"];
}

/** Asks the daemon; an error says why it did not answer. */
export type Ask = () => Promise<Answered>;

export async function daemonFindings(machine: Machine, ask: Ask): Promise<Examined[]> {
  return [
    await programFinding(machine),
    ...await unitFindings(machine),
    ...await runningFindings(machine, ask),
  ];
}

async function programFinding(machine: Machine): Promise<Examined> {
  const found = machine.path.filter((directory) => directory.startsWith("/"))
    .map((directory) => `${directory}/knockd`)
    .filter((path) => machine.exists(path));
  const [path] = found;
  if (path === undefined) {
    return ill(
      "program",
      "no knockd is in PATH",
      "install -m 755 dist/knockd /usr/local/bin/knockd",
    );
  }
  const other = await otherProgram(machine, path);
  if (other !== undefined) {
    return ill(
      "program",
      `${path} is ${other}, and this is knockd ${VERSION}`,
      "install this one in a directory that comes before, as /usr/local/sbin",
    );
  }
  // On most systems /sbin is /usr/sbin; a package has a link beside its program.
  const hidden = found.find((other) => machine.real(other) !== machine.real(path));
  return hidden === undefined
    ? well("program", path)
    : unknown("program", `${path} hides ${hidden}`);
}

/** What a program says that it is, if that is not what this one is. */
async function otherProgram(machine: Machine, path: string): Promise<string | undefined> {
  const said = await machine.run(path, "--version");
  const [line = ""] = said?.text.trim().split("\n") ?? [];
  if (line === `knockd ${VERSION}`) return undefined;
  return line === "" ? "no program that tells its version" : line.slice(0, 60);
}

async function unitFindings(machine: Machine): Promise<Examined[]> {
  if (!machine.exists("/run/systemd/system")) return [];
  const said = await machine.run("systemctl", "is-enabled", "knockd");
  if (said === undefined) return [];
  const state = said.text.trim();
  const unmask = state.startsWith("masked") ? "systemctl unmask knockd, then " : "";
  const enabled = state === "enabled"
    ? well("unit", "knockd starts with the machine")
    : ill(
      "unit",
      `knockd does not start with the machine (${state || "there is no unit"})`,
      `${unmask}knockd service --install, then systemctl enable --now knockd`,
    );
  return [enabled, ...await failures(machine), ...await dropIns(machine)];
}

/** What systemd says of a unit that it started in vain. */
async function failures(machine: Machine): Promise<Examined[]> {
  const properties = ["ActiveState", "SubState", "Result", "NRestarts"];
  const named = properties.flatMap((name) => ["-p", name]);
  const said = await machine.run("systemctl", "show", ...named, "knockd");
  const text = said?.text ?? "";
  const [, result = "unknown"] = /^Result=(.*)$/m.exec(text) ?? [];
  const ended = /^ActiveState=failed$|^SubState=auto-restart/m.test(text)
    ? `knockd was started and ended (${result})`
    : /^ActiveState=activating$/m.test(text) && /^NRestarts=[1-9]/m.test(text)
    ? "knockd is started again and again"
    : undefined;
  return ended === undefined ? [] : [ill("unit", ended, "journalctl -u knockd -n 20")];
}

/** A drop-in may set what runs, long after it was forgotten. */
async function dropIns(machine: Machine): Promise<Examined[]> {
  const said = await machine.run(
    "systemctl",
    "show",
    "-p",
    "DropInPaths",
    "--value",
    "knockd",
  );
  const paths = said?.text.trim().split(/\s+/).filter((path) => path !== "") ?? [];
  return paths.filter((path) => /^ExecStart=/m.test(machine.read(path) ?? "")).map((
    path,
  ) =>
    unknown("unit", `${path} says what is started, not the unit`, `look into ${path}`)
  );
}

async function runningFindings(machine: Machine, ask: Ask): Promise<Examined[]> {
  try {
    const { at, deaf, fleet } = await ask();
    return [
      well("daemon", `one runs and answers at ${at}`),
      ...deaf.map(deafFinding),
      ...fleet?.why === undefined ? [] : [awayFinding(fleet.name, fleet.why)],
    ];
  } catch (error) {
    return [unanswered(machine, error as Failure)];
  }
}

function unanswered(machine: Machine, { message, hint, cause }: Failure): Examined {
  const { NotFound, ConnectionRefused, PermissionDenied } = Deno.errors;
  if (cause instanceof NotFound || cause instanceof ConnectionRefused) {
    return unknown("daemon", message, startCommand(machine.exists));
  }
  // Whoever is not let in, or finds several, is not to start one more.
  if (cause === undefined || cause instanceof PermissionDenied) {
    return unknown("daemon", message, hint);
  }
  return ill("daemon", message, hint ?? startCommand(machine.exists));
}

function deafFinding({ interface: name, reason }: Answered["deaf"][number]): Examined {
  return ill(
    "daemon",
    `it does not listen on ${name}: ${reason}`,
    "it will when that is over; or name another in [options], then knockd reload",
  );
}

/** The files may be right by now, and the daemon still have those of its start. */
function awayFinding(fleet: string, why: string): Examined {
  return ill(
    "daemon",
    `it can't ask the fleet ${fleet}: ${why}`,
    "where a file of [fleet] has changed since it started, restart it",
  );
}
