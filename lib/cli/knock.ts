/**
 * `knockd knock`: the client.
 *
 * @module
 */
import { Command } from "@commander-js/extra-typings";
import { UsageError } from "../core/failure.ts";
import type { Address } from "../core/address.ts";
import type { Knock } from "../core/door.ts";
import { relay } from "../client/relay.ts";
import { knockAtAll } from "../client/several.ts";
import { runCommand } from "../client/run_command.ts";
import { type ClientSystem, realClientSystem } from "../client/client_system.ts";
import type { Shot } from "../client/shot.ts";
import { numberUpTo, parseForm, parsePort } from "./arguments.ts";
import { afterDashes, checkKnockOptions, type KnockOptions } from "./knock_options.ts";
import { addressesOf, type Targets } from "./knock_targets.ts";
import {
  CLASSIC_DELAY,
  describeHit,
  describeKnock,
  LONGEST_DELAY,
  parsePlainKnocks,
} from "./knocks.ts";
import { ExitWith, print, printError } from "./terminal.ts";

/** The subcommand `knock`. */
export function knockCommand(): Command {
  const delay = numberUpTo(LONGEST_DELAY, "delay");
  const retries = numberUpTo(1000, "retries");
  return new Command("knock")
    .description("knock at a host: one packet to each port")
    .usage("[options] HOST [PORT[:udp]...] [-- COMMAND...]")
    .argument("<host>", "host name or address; with --otp a profile's name, too")
    .argument("[ports...]", "ports in their order: 7000 8000:udp 9000")
    .option("-d, --delay <ms>", "milliseconds between hits", delay)
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
    .option("--form <form>", "packet or sequence; both in turns without it", parseForm)
    .option("--source-ip <address>", "the address that the host sees, behind NAT")
    .addHelpText("after", "\nExample: knockd knock gate.example.org --otp --wait-port 22")
    .action(async (host, operands, options, command) => {
      const program = afterDashes(command);
      // The system would take 7000 for the address 0.0.27.88.
      if (program.length > operands.length || /^\d{1,5}(:|$)/.test(host)) {
        throw new UsageError(
          "the host is missing",
          "knockd knock HOST 7000 8000:udp 9000",
        );
      }
      const ports = operands.slice(0, operands.length - program.length);
      checkKnockOptions(options, ports, program);
      await runKnock(host, ports, program, options);
    }) as unknown as Command;
}

async function runKnock(
  host: string,
  ports: readonly string[],
  program: readonly string[],
  options: KnockOptions,
): Promise<void> {
  const system = realClientSystem();
  const knocking = options.otp
    ? await (await import("./one_time.ts")).oneTimeKnock(system, host, options)
    : await classicKnock(system, host, ports, options);
  const { proxy, waitPort } = options;
  const connection = await knockAtAll(system, knocking.targets, (target, world) => ({
    ...knocking.at(target, world),
    ...howToKnock(options, target),
  }));
  if (!connection) return;
  if (proxy !== undefined) return await relay(connection, Deno.stdin, Deno.stdout);
  connection.close();
  if (program.length > 0) throw new ExitWith(await runCommand(program));
  print(`port ${waitPort}: open`);
}

function howToKnock(options: KnockOptions, target: Address) {
  const { delay, verbose, proxy, waitPort, otp = false, retries = 0 } = options;
  // The standard output of a proxy belongs to ssh.
  const say = proxy === undefined ? print : printError;
  const port = proxy ?? waitPort;
  const onHit = (hit: Knock) => say(describeHit(target, hit));
  const onSent = (sequence: readonly Shot[]) =>
    print(describeKnock(target, sequence, otp));
  return {
    retries,
    ...(delay === undefined ? {} : { delay }),
    ...(port === undefined ? {} : { port }),
    ...(verbose ? { onHit } : Deno.stdout.isTerminal() ? { onSent } : {}),
  };
}

async function classicKnock(
  system: ClientSystem,
  host: string,
  ports: readonly string[],
  options: KnockOptions,
): Promise<Targets> {
  const sequence = parsePlainKnocks(ports, options.udp ?? false);
  const targets = await addressesOf(system, host, options);
  const next = () => ({ sequence });
  return { targets, at: (target) => ({ target, next, delay: CLASSIC_DELAY }) };
}
