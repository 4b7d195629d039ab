/** `knockd firewall`: a ruleset for the doors of a config. */

import { ownEntry } from "../../core/own_entry.ts";
import type { Config } from "../../config/config.ts";
import {
  type FirewallCommands,
  type FirewallDoor,
  firewallDoors,
} from "../../setup/firewall/firewall_door.ts";
import { Failure, orFailure, UsageError } from "../../core/failure.ts";
import { kernelDoors } from "../../core/firewall/guarded_door.ts";
import { DEFAULT_CONFIG } from "../../config/default_config.ts";
import { configOf } from "./which_daemon.ts";
import type { Where } from "../daemon_command.ts";
import { print, printError } from "../terminal.ts";
import { iptablesCommands, iptablesRuleset } from "../../setup/firewall/iptables.ts";
import { nftCommands, nftRuleset } from "../../setup/firewall/nft.ts";
import { firewallDown, firewallStatus, firewallUp } from "./firewall/firewall_table.ts";
import { keepFallback, shutByFallback } from "./firewall/firewall_fallback.ts";
import { hintWithoutConfig } from "./firewall/firewall_unconfigured.ts";
import { inUsersWords } from "../../server/firewall/nf_tables.ts";
import { firewallTrace } from "./firewall/firewall_trace.ts";
import { loadConfig } from "../../config/load.ts";
import { configError } from "../../config/problems.ts";
import { tableNameProblem } from "../../core/firewall/table_name.ts";
import { mayExist } from "../../files/look.ts";
import { rulesetOf } from "./firewall/kernel_ruleset.ts";
import { portsOfDoors } from "./firewall/door_ports.ts";
import { commandLines } from "../../setup/firewall/command_lines.ts";

interface FirewallOptions extends Where {
  readonly port: string[];
  readonly fallback?: string | undefined;
  readonly table?: string | undefined;
}

/** What there is for each kind of firewall. */
interface Recipe {
  readonly ruleset: (doors: readonly FirewallDoor[]) => string;
  readonly commands: (door: FirewallDoor) => FirewallCommands;
}

const RECIPES: Readonly<Record<string, Recipe>> = {
  nft: { ruleset: nftRuleset, commands: nftCommands },
  iptables: { ruleset: iptablesRuleset, commands: iptablesCommands },
};

const ACTIONS: Readonly<Record<string, (config: Config) => void | Promise<void>>> = {
  up: (config) => inUsersWords(() => firewallUp(config)),
  down: (config) => inUsersWords(() => firewallDown(config.options.table, config)),
  status: (config) => inUsersWords(() => firewallStatus(config.options.table, config)),
  trace: firewallTrace,
};

/** What is done with a table that is named, whatever a config says. */
const TABLE_ACTIONS: Readonly<Record<string, (table: string) => void>> = {
  down: (table) => inUsersWords(() => firewallDown(table)),
  status: (table) => inUsersWords(() => firewallStatus(table)),
};

/** Changes or shows the kernel's table, or prints a ruleset. */
export async function firewall(what: string, options: FirewallOptions): Promise<void> {
  const act = ownEntry(ACTIONS, what);
  const recipe = ownEntry(RECIPES, what);
  if (act === undefined && recipe === undefined) {
    throw new UsageError(
      `there is no recipe for the firewall ${JSON.stringify(what.slice(0, 40))}`,
      "knockd firewall up, down, status, trace, nft or iptables",
    );
  }
  if (act !== undefined && options.port.length > 0) {
    throw new UsageError(
      `firewall ${what} takes its ports from the config`,
      "--port is for nft and iptables; otherwise it is open = 22 on a door",
    );
  }
  if (options.table !== undefined) return onTable(what, options.table);
  const { fallback } = options;
  if (fallback !== undefined && what !== "up") {
    throw new UsageError(`firewall ${what} takes no --fallback`, "it is for up");
  }
  const config = await loadFor(what, await configFor(what, options), fallback);
  if (fallback !== undefined) keepFallback(fallback, config);
  if (act !== undefined) return await act(config);
  if (recipe !== undefined) printRecipe(what, config, options.port, recipe);
}

function onTable(what: string, name: string): void {
  const act = ownEntry(TABLE_ACTIONS, what);
  if (act === undefined) {
    throw new UsageError(
      `firewall ${what} takes its table from the config`,
      `--table is for down and status; otherwise it is table = "…" in [options]`,
    );
  }
  const problem = tableNameProblem(name);
  if (problem !== undefined) throw new UsageError(`--table: ${problem}`);
  act(name);
}

/** The config; where it can't be used, the error says how the ports are opened without. */
async function loadFor(what: string, path: string, fallback?: string): Promise<Config> {
  const { config, problems } = await loadConfig(path);
  if (config !== undefined) return config;
  const error = configError(problems);
  if (fallback !== undefined) {
    const failure = orFailure(() => shutByFallback(fallback, path));
    if (failure instanceof Failure) {
      throw new UsageError(`${error.message}\n${failure.message}`, failure.hint);
    }
    throw new UsageError(error.message, hintWithoutConfig("down"));
  }
  if (!Object.hasOwn(TABLE_ACTIONS, what)) throw error;
  throw new UsageError(error.message, hintWithoutConfig(what));
}

/** The config's path; nothing is changed by another one than usual because a daemon runs with it. */
async function configFor(what: string, where: Where): Promise<string> {
  const isNamed = where.interface !== undefined || where.control !== undefined;
  if (what === "status" || what === "trace" || isNamed || !mayExist(DEFAULT_CONFIG)) {
    return await configOf(where);
  }
  return where.config ?? DEFAULT_CONFIG;
}

/** The ruleset for doors of commands; for the kernel's, the one that knockd makes itself. */
function printRecipe(
  what: string,
  config: Config,
  ports: readonly string[],
  recipe: Recipe,
): void {
  const doors = firewallDoors(portsOfDoors(config.doors, ports));
  const hasKernels = what === "nft" && kernelDoors(config.doors).length > 0;
  if (doors.length === 0 && !hasKernels) {
    throw new UsageError(`no door of ${config.path} opens a port`);
  }
  if (hasKernels) print(rulesetOf(config).trimEnd());
  if (doors.length > 0) printCommands(config, doors, recipe);
}

function printCommands(
  { path, format }: Config,
  doors: readonly FirewallDoor[],
  { ruleset, commands }: Recipe,
): void {
  print(ruleset(doors).trimEnd());
  const lines = doors.map((door) => ({
    door: door.name,
    cmdTimeout: door.cmdTimeout,
    ...commands(door),
  }));
  printError(
    `\n# These lines belong into ${path}, in place of the doors' own commands:\n\n` +
      commandLines(lines, format),
  );
}
