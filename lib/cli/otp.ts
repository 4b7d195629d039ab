/**
 * `knockd otp`: a one-time sequence for any other client.
 *
 * @module
 */
import { Command } from "@commander-js/extra-typings";
import { realClientSystem } from "../client/client_system.ts";
import { formatKnock } from "../core/sequence.ts";
import { print } from "./terminal.ts";

/** The subcommand `otp`. */
export function otpCommand(): Command {
  return new Command("otp")
    .description("print a profile's next one-time sequence, which counts as used then")
    .argument("<profile>", "a profile's name or host")
    .option("--door <name>", "the door, where a host has several")
    .option("--source-ip <address>", "the address that the host sees, behind NAT")
    .option("-4, --ipv4", "use the host's IPv4 address")
    .option("-6, --ipv6", "use the host's IPv6 address")
    .addHelpText("after", "\nExample: knock HOST $(knockd otp HOST)")
    .action(async (name, options) => {
      const { oneTimeSequence } = await import("./one_time.ts");
      const sequence = await oneTimeSequence(realClientSystem(), name, options);
      print(sequence.map(formatKnock).join(" "));
    }) as unknown as Command;
}
