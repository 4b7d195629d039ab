/**
 * `knockd firewall`: a ruleset for the doors of a config.
 *
 * @module
 */
import { Command } from "@commander-js/extra-typings";
import type { FirewallCommands, FirewallDoor } from "../setup/firewall/firewall_door.ts";
import { UsageError } from "../core/failure.ts";
import { print, printError } from "./terminal.ts";

interface FirewallOptions {
  readonly config: string;
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

/** The subcommand. */
export function firewallCommand(): Command {
  return new Command("firewall")
    .description("print a firewall for the doors of a config, and their commands")
    .argument("<kind>", "nft or iptables")
    .option("-c, --config <file>", "the config", "/etc/knockd/knock.toml")
    .option(
      "--port <door=port>",
      "a port that a door opens: ssh=22, dns=53:udp, wake=none; may be repeated",
      (text, earlier: string[]) => [...earlier, text],
      [],
    )
    .addHelpText(
      "after",
      "\nThe ruleset goes to standard output, the doors' commands to standard error." +
        "\nExample: knockd firewall nft --port web=443 > /etc/nftables.conf",
    )
    .action(firewall) as unknown as Command;
}

async function firewall(kind: string, options: FirewallOptions): Promise<void> {
  const load = Object.hasOwn(RECIPES, kind) ? RECIPES[kind] : undefined;
  if (load === undefined) {
    throw new UsageError(
      `there is no recipe for the firewall ${JSON.stringify(kind.slice(0, 40))}`,
      "knockd firewall nft, or knockd firewall iptables",
    );
  }
  const { loadConfigOrThrow } = await import("../config/load.ts");
  const { config } = await loadConfigOrThrow(options.config);
  const { portsOfDoors } = await import("./door_ports.ts");
  const { firewallDoors } = await import("../setup/firewall/firewall_door.ts");
  const doors = firewallDoors(portsOfDoors(config.doors, options.port));
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
