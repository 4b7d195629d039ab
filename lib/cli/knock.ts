/** `knockd knock`: the client. */

import { Command } from "@commander-js/extra-typings";
import { countReader, parseDelay, parseForm, parsePort } from "./arguments.ts";

export function knockCommand(): Command {
  const retries = countReader({
    option: "--retries",
    unit: "times",
    limit: 1000,
    example: 3,
  });
  const command = new Command("knock")
    .description("knock at a host: one packet to each port")
    .usage("[options] HOST [PORT[:udp]...] [-- COMMAND...]")
    .argument("<host>", "host name or address; with --otp a profile's name, too")
    .argument("[ports...]", "ports in their order: 7000 8000:udp 9000")
    .option("-d, --delay <ms>", "milliseconds between hits", parseDelay)
    .option("-u, --udp", "make all hits UDP")
    .option("-4, --ipv4", "use IPv4")
    .option("-6, --ipv6", "use IPv6")
    .option("--all", "knock at every address of the host")
    .option("-v, --verbose", "say what is sent")
    .option(
      "--wait-port <port>",
      "wait for this TCP port; fail if it stays closed",
      parsePort,
    )
    .option("--retries <n>", "knock again, up to N times, while it is closed", retries)
    .option(
      "--proxy <port>",
      "join stdin and stdout to this port (ProxyCommand)",
      parsePort,
    )
    .option("--otp", "send the next one-time sequence of the host's profile")
    .option("--door <name>", "the door, where a host has several")
    .option("--form <form>", "as packet or sequence; both in turns without it", parseForm)
    .option("--source-ip <address>", "the address that the host sees, behind NAT")
    .addHelpText("after", "\nExample: knockd knock gate.example.org --otp --wait-port 22")
    .action(async (host, operands, options, command) => {
      const { knockAt } = await import("./actions/knock.ts");
      await knockAt(host, operands, afterDashes(command), options);
    }) as unknown as Command;
  // As with getopt(3) the last one counts: an alias may have the other.
  command.on("option:ipv4", () => command.setOptionValue("ipv6", undefined));
  command.on("option:ipv6", () => command.setOptionValue("ipv4", undefined));
  return command;
}

/** What follows `--` on the command line: commander counts it among the operands. */
function afterDashes(command: { parent: unknown }): readonly string[] {
  let root = command as { parent: unknown; rawArgs?: readonly string[] };
  while (root.parent) root = root.parent as typeof root;
  const args = root.rawArgs ?? [];
  const dashes = args.indexOf("--");
  return dashes < 0 ? [] : args.slice(dashes + 1);
}
