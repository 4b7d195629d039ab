/** `knockd otp`: a one-time sequence for any other client. */

import { Command } from "@commander-js/extra-typings";
import { parseForm } from "./arguments.ts";

export function otpCommand(): Command {
  return new Command("otp")
    .description("print a profile's next one-time knock, which counts as used then")
    .argument("<profile>", "a profile's name or host")
    .option("--door <name>", "the door, where a host has several")
    .option("--source-ip <address>", "the address that the host sees, behind NAT")
    .option(
      "--form <form>",
      "as packet or sequence; a packet where the door takes them",
      parseForm,
    )
    .option("-4, --ipv4", "use the host's IPv4 address")
    .option("-6, --ipv6", "use the host's IPv6 address")
    .addHelpText(
      "after",
      "\nExample: knock HOST $(knockd otp HOST --form sequence)\n" +
        "A single packet is printed as hex: its port is that of the profile.",
    )
    .action(async (name, options) => {
      const { printSequence } = await import("./actions/one_time.ts");
      await printSequence(name, options);
    }) as unknown as Command;
}
