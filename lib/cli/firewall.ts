/**
 * `knockd firewall`: a ruleset for the doors of a config.
 *
 * @module
 */
import type { Command } from "@commander-js/extra-typings";
import type { Config } from "../config/config.ts";
import type { FirewallCommands, FirewallDoor } from "../setup/firewall/firewall_door.ts";
import { UsageError } from "../core/failure.ts";
import { configOf, daemonCommand, DEFAULT_CONFIG, type Where } from "./which_daemon.ts";
import { print, printError } from "./terminal.ts";

interface FirewallOptions extends Where {
  readonly port: string[];
}

/** What there is for each kind of firewall. */
interface Recipe {
  readonly ruleset: (doors: readonly FirewallDoor[]) => string;
  readonly commands: (door: FirewallDoor) => FirewallCommands;
}

const RECIPES: Readonly<Record<string, () => Promise<Recipe>>> = {
  nft: async () => {
    const nft = await import("../setup/firewall/nft.ts");
    return { ruleset: nft.nftRuleset, commands: nft.nftCommands };
  },
  iptables: async () => {
    const iptables = await import("../setup/firewall/iptables.ts");
    return { ruleset: iptables.iptablesRuleset, commands: iptables.iptablesCommands };
  },
};

type Action = (config: Config) => void;

const ACTIONS: Readonly<Record<string, (config: Config) => Promise<void>>> = {
  up: (config) => onTable(config, ({ firewallUp }) => firewallUp),
  down: (config) => onTable(config, ({ firewallDown }) => firewallDown),
  status: (config) => onTable(config, ({ firewallStatus }) => firewallStatus),
  trace: async (config) =>
    await (await import("./firewall_trace.ts")).firewallTrace(config),
};

async function onTable(
  config: Config,
  choose: (actions: typeof import("./firewall_table.ts")) => Action,
): Promise<void> {
  const actions = await import("./firewall_table.ts");
  actions.inOurWords(() => choose(actions)(config));
}

/** The subcommand. */
export function firewallCommand(): Command {
  return daemonCommand(
    "firewall",
    "make the kernel's doors, or print a firewall for doors of commands",
  )
    .argument("<what>", "up, down, status or trace; or print: nft or iptables")
    .option(
      "--port <door=port>",
      "a port that a door opens: ssh=22, dns=53:udp, wake=none; may be repeated",
      (text, earlier: string[]) => [...earlier, text],
      [],
    )
    .addHelpText(
      "after",
      "\nup makes the table of the doors with open, as the daemon does, down deletes it," +
        "\nstatus says what is in it, trace which rule of another table drops who has" +
        "\nknocked. Of doors of commands, nft and iptables print a ruleset and the" +
        "\ncommands: the ruleset goes to standard output, the doors' commands to" +
        "\nstandard error." +
        "\nExample: knockd firewall nft --port web=443 > /etc/nftables.conf",
    )
    .action(firewall) as unknown as Command;
}

async function firewall(what: string, options: FirewallOptions): Promise<void> {
  const act = Object.hasOwn(ACTIONS, what) ? ACTIONS[what] : undefined;
  const load = Object.hasOwn(RECIPES, what) ? RECIPES[what] : undefined;
  if (act === undefined && load === undefined) {
    throw new UsageError(
      `there is no recipe for the firewall ${JSON.stringify(what.slice(0, 40))}`,
      "knockd firewall up, down, status, trace, nft or iptables",
    );
  }
  const { loadConfigOrThrow } = await import("../config/load.ts");
  const { config } = await loadConfigOrThrow(await configFor(what, options));
  if (act !== undefined) return await act(config);
  if (load !== undefined) await printRecipe(what, config, options.port, load);
}

/** The config; nothing is changed by another one than usual because a daemon runs with it. */
async function configFor(what: string, where: Where): Promise<string> {
  const isNamed = where.interface !== undefined || where.control !== undefined;
  const { exists } = await import("../files/exists.ts");
  if (what === "status" || what === "trace" || isNamed || !exists(DEFAULT_CONFIG)) {
    return await configOf(where);
  }
  return where.config ?? DEFAULT_CONFIG;
}

/** The ruleset for doors of commands; for the kernel's, the one that knockd makes itself. */
async function printRecipe(
  what: string,
  config: Config,
  ports: readonly string[],
  load: () => Promise<Recipe>,
): Promise<void> {
  const doors = config.doors.filter(({ kernel }) => kernel === undefined);
  if (what === "nft" && doors.length < config.doors.length) {
    const { rulesetOf } = await import("./actions/kernel_ruleset.ts");
    print(rulesetOf(config).trimEnd());
    if (doors.length === 0) return;
  }
  await printCommands({ ...config, doors }, ports, load);
}

async function printCommands(
  config: Config,
  ports: readonly string[],
  load: () => Promise<Recipe>,
): Promise<void> {
  const { portsOfDoors } = await import("./door_ports.ts");
  const { firewallDoors } = await import("../setup/firewall/firewall_door.ts");
  const doors = firewallDoors(portsOfDoors(config.doors, ports));
  if (doors.length === 0) {
    throw new UsageError(`no door of ${config.path} opens a port`);
  }
  const { ruleset, commands } = await load();
  const { commandLines } = await import("../setup/firewall/command_lines.ts");
  print(ruleset(doors).trimEnd());
  const lines = doors.map((door) => ({
    door: door.name,
    cmdTimeout: door.cmdTimeout,
    ...commands(door),
  }));
  printError(
    `\n# These lines belong into ${config.path}, in place of the doors' own commands:\n\n` +
      commandLines(lines, config.format),
  );
}
