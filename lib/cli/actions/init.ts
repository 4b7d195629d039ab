/** What `knockd init` does, one thing after the other. */

import type { Config } from "../../config/config.ts";
import { DEFAULT_CONFIG } from "../../config/default_config.ts";
import { enroll, type Enrolled } from "../../config/clients/enroll.ts";
import { hostToKnockAt } from "../../config/clients/new_enrolment.ts";
import { loadConfigOrThrow } from "../../config/load.ts";
import { LABEL } from "../../core/one_time/derive.ts";
import { RESERVED } from "../../config/names.ts";
import { parseOpen } from "../../config/open_ports.ts";
import { Failure, UsageError } from "../../core/failure.ts";
import type { Door } from "../../core/door.ts";
import type { PortRange } from "../../core/firewall/kernel_ports.ts";
import { formatPortRange } from "../../core/firewall/port_range.ts";
import { escapeControls } from "../../core/printable.ts";
import { othersInTheWay } from "../../doctor/kernel_doors.ts";
import { realMachine } from "../../doctor/machine.ts";
import { createPrivateFile, makeDirectory } from "../../files/durable.ts";
import { firstConfig } from "../../setup/init/first_config.ts";
import { makeJournal } from "./enroll/journal_beforehand.ts";
import { showByHand, unchangedConfig } from "./enroll/by_hand.ts";
import { firstClient, knownHost } from "./init/first_client.ts";
import { haveUnits } from "./init/init_units.ts";
import { knockLine, showNext } from "./init/next_steps.ts";
import { showUri } from "./enroll/show_uri.ts";
import { print, printError } from "../terminal.ts";
import { statOf } from "../../files/look.ts";
import { directoryOf } from "../../files/path.ts";

interface InitOptions {
  /** The ports that the door opens, as text. */
  readonly open: string;
  readonly host?: string | undefined;
  readonly client?: string | undefined;
  readonly config: string;
}

/** The door that there is to be. */
interface Wanted {
  readonly door: string;
  readonly ports: readonly PortRange[];
  readonly path: string;
}

/** A client and the host that it knocks at. */
interface Whom {
  readonly client: string;
  readonly host: string;
}

/** Makes what is missing, and says what is there already. */
export async function init(door: string, options: InitOptions): Promise<void> {
  const { config: path } = options;
  refuseUnreadable(door, path);
  const wanted = { door, ports: portsOf(options.open), path };
  const whom = {
    client: firstClient(options.client),
    host: hostToKnockAt(options.host ?? knownHost()),
  };
  if (options.host === undefined) {
    printError(`host      ${whom.host}, by what this machine says; --host takes another`);
  }
  if (Deno.uid() !== 0) return showPlan(wanted, whom);
  const config = await haveConfig(wanted);
  const enrolled = await haveClient(config, door, whom);
  await makeJournal(config, { door, client: whom.client });
  if (enrolled?.byHand !== undefined) {
    showByHand(enrolled.byHand, path);
    throw unchangedConfig(path, "add the client as shown above, and call this again");
  }
  const start = await haveUnits(path, ownOption(path));
  await warnOfOthers(config);
  const opened = config.doors.find(({ name }) => name === door)?.kernel?.ports ?? [];
  const knock = knockLine(whom.host, opened);
  showNext(knock, ownOption(path), { isNew: enrolled !== undefined, start });
}

/** A config that can't be read is of no use, and in the way of the next init. */
function refuseUnreadable(door: string, path: string): void {
  if (!LABEL.test(door)) {
    throw new UsageError("a door's name has 1 to 64 of A-Z a-z 0-9 . _ - here");
  }
  if (RESERVED.has(door)) {
    throw new UsageError(
      `a door of knock.toml can't be called ${door}`,
      "knockd init ssh",
    );
  }
  if (path.endsWith(".toml")) return;
  throw new UsageError(
    `${path}: the config is TOML, and only a file whose name ends in .toml is read as such`,
    "--config /etc/knockd/knock.toml",
  );
}

function portsOf(text: string): readonly PortRange[] {
  const { ports, problems: [problem] } = parseOpen(text);
  if (problem === undefined) return ports;
  throw new UsageError(`--open: ${problem.message}`, '--open 22, or "22, 51820:udp"');
}

/** A config that is there stays as it is, and has to have the door. */
async function haveConfig(wanted: Wanted): Promise<Config> {
  const { path, door, ports } = wanted;
  const text = firstConfig(door, ports);
  if (statOf(path) !== undefined) {
    printError(`config    ${path} is there already, and stays as it is`);
  } else {
    makeDirectory(directoryOf(path), 0o755);
    createPrivateFile(path, text);
    printError(`config    ${path}, with the door ${door}`);
  }
  const { config } = await loadConfigOrThrow(path);
  const there = config.doors.find(({ name }) => name === door);
  if (there?.key.kind === "otp") {
    sayWhatItOpens(there, wanted);
    return config;
  }
  printError(`\nIt would be these lines:\n\n${text}`);
  throw new Failure(
    `${path} has no rotating door ${door}`,
    "add the lines above to it, and call this again",
  );
}

/** Whoever asks for other ports than those of a door that is there does not get them. */
function sayWhatItOpens({ kernel }: Door, { path, door, ports }: Wanted): void {
  const asked = textOf(ports);
  const opened = textOf(kernel?.ports ?? []);
  if (opened === asked) return;
  const what = opened === "" ? "no port by itself" : opened;
  printError(
    `          its door ${door} opens ${what}, not ${asked}: see open in ${path}`,
  );
}

function textOf(ports: readonly PortRange[]): string {
  return ports.map(formatPortRange).join(", ");
}

/** A client that is there keeps its secret, which nobody can be shown again. */
async function haveClient(
  { path, doors }: Config,
  door: string,
  { client, host }: Whom,
): Promise<Enrolled | undefined> {
  const key = doors.find(({ name }) => name === door)?.key;
  const names = key?.kind === "otp" ? key.clients.map(({ name }) => name) : [];
  const there = names.find((name) => name.toLowerCase() === client.toLowerCase());
  if (there !== undefined) {
    printError(`client    ${there} is there already (--client takes another name)`);
    const enroll = `knockd enroll${
      ownOption(path)
    } ${door} ${there} --host ${host} --rotate`;
    printError(`          a new secret in the place of its old one: ${enroll}`);
    return undefined;
  }
  const enrolled = await enroll({ config: path, door, client, host });
  printError(`client    ${client}, with a secret in ${enrolled.secretFile}`);
  // Nobody can be shown it again, whatever fails from here on.
  showUri(enrolled, { qr: true });
  return enrolled;
}

/** What has kept the port shut to all so far keeps it shut to those who knock, too. */
async function warnOfOthers(config: Config): Promise<void> {
  for (const { about, says, fix = "" } of await othersInTheWay(realMachine(), config)) {
    printError(`firewall  ${escapeControls(`${about}: ${says}`)}`);
    printError(`          ${escapeControls(fix)}`);
  }
}

/** What names a config on command lines, where it is not the usual one. */
function ownOption(config: string): string {
  return config === DEFAULT_CONFIG ? "" : ` -c ${config}`;
}

function showPlan({ path, door, ports }: Wanted, { client, host }: Whom): void {
  const what = statOf(path) !== undefined ? "leave it as it is" : "write:";
  print(`Root would do this; sudo, and the same again.\n\nconfig    ${path}, ${what}\n`);
  if (statOf(path) === undefined) print(firstConfig(door, ports));
  print(`client    ${client}, a new secret, and its URI for ${host}`);
  print("journal   where the daemon keeps it");
  print("units     knockd.service and knockd-guard.service, where systemd runs");
}
