/** `knockd firewall`: a ruleset for the doors of a config. */

import type { Command } from "@commander-js/extra-typings";
import { daemonCommand } from "./daemon_command.ts";

export function firewallCommand(): Command {
  return daemonCommand(
    "firewall",
    "make the kernel's doors, or print a firewall for doors of commands",
  )
    .argument(
      "<what>",
      "one of up, down, status and trace; or, to print, of nft and iptables",
    )
    .option(
      "--port <door=port>",
      "a port that a door opens: ssh=22, dns=53:udp, wake=none; may be repeated",
      (text, earlier: string[]) => [...earlier, text],
      [],
    )
    .option(
      "--table <name>",
      "with down and status: this table, whatever the config says",
    )
    .option(
      "--fallback <file>",
      "with up: keep the ruleset here, for a config that is broken",
    )
    .addHelpText(
      "after",
      "\nup makes the table of the doors with open, as the daemon does, down deletes it," +
        "\nstatus says what is in it, trace which rule of another table drops what" +
        "\nknockd lets in. Of doors of commands, nft and iptables print a ruleset and the" +
        "\ncommands: the ruleset goes to standard output, the doors' commands to" +
        "\nstandard error." +
        "\nWhere the config is broken, down --table knockd opens the ports all the same." +
        "\nExample: knockd firewall nft --port web=443 > /etc/nftables.conf",
    )
    .action(async (what, options) => {
      const { firewall } = await import("./actions/firewall.ts");
      await firewall(what, options);
    }) as unknown as Command;
}
