/**
 * `knockd knock`: the client.
 *
 * @module
 */
import { Command } from "@commander-js/extra-typings";
import type { Sequence } from "../core/door.ts";
import { UsageError } from "../core/failure.ts";
import { knock } from "../client/knock.ts";
import { relay } from "../client/relay.ts";
import { resolveHost } from "../client/resolve.ts";
import { runCommand } from "../client/run_command.ts";
import { realSystem } from "../client/system.ts";
import { numberUpTo, parsePort } from "./arguments.ts";
import { CLASSIC_DELAY, describeHit, LONGEST_DELAY, parseKnocks } from "./knocks.ts";
import { Exit, print, printError } from "./terminal.ts";

interface KnockOptions {
  readonly delay?: number | undefined;
  readonly udp?: true | undefined;
  readonly ipv4?: true | undefined;
  readonly ipv6?: true | undefined;
  readonly verbose?: true | undefined;
  readonly waitPort?: number | undefined;
  readonly retries?: number | undefined;
  readonly proxy?: number | undefined;
}

/** The subcommand `knock`. */
export function knockCommand(): Command {
  return new Command("knock")
    .description("knock at a host: one packet to each port")
    .usage("[options] HOST PORT[:udp]... [-- COMMAND...]")
    .argument("<host>", "host name or address")
    .argument("[ports...]", "ports in their order: 7000 8000:udp 9000")
    .option(
      "-d, --delay <ms>",
      "milliseconds between hits",
      numberUpTo(LONGEST_DELAY, "delay"),
    )
    .option("-u, --udp", "make all hits UDP")
    .option("-4, --ipv4", "use IPv4")
    .option("-6, --ipv6", "use IPv6")
    .option("-v, --verbose", "say what is sent")
    .option("--wait-port <port>", "fail unless this TCP port opens", parsePort)
    .option(
      "--retries <n>",
      "knock again if it stays closed, up to N times",
      numberUpTo(1000, "retries"),
    )
    .option(
      "--proxy <port>",
      "join stdin and stdout to this port (ProxyCommand)",
      parsePort,
    )
    .action(async (host, operands, options, command) => {
      const program = afterDashes(command);
      if (program.length > operands.length) throw new UsageError("the host is missing");
      const ports = operands.slice(0, operands.length - program.length);
      await runKnock(host, ports, program, options);
    }) as unknown as Command;
}

async function runKnock(
  host: string,
  ports: readonly string[],
  program: readonly string[],
  options: KnockOptions,
): Promise<void> {
  checkOptions(options, program);
  const sequence = classicSequence(ports, options);
  const system = realSystem();
  const target = await resolveHost(system, host, familyOf(options));
  // The standard output of a proxy belongs to ssh.
  const say = options.proxy === undefined ? print : printError;
  const port = options.proxy ?? options.waitPort;
  const connection = await knock(system, {
    target,
    sequence: () => sequence,
    delay: options.delay ?? CLASSIC_DELAY,
    retries: options.retries ?? 0,
    ...(port === undefined ? {} : { port }),
    ...(options.verbose ? { onHit: (hit) => say(describeHit(target, hit)) } : {}),
  });
  if (!connection) return;
  if (options.proxy !== undefined) {
    await relay(connection, Deno.stdin, Deno.stdout);
    return;
  }
  connection.close();
  if (program.length > 0) throw new Exit(await runCommand(program));
}

function classicSequence(ports: readonly string[], { udp }: KnockOptions): Sequence {
  if (ports.length === 0) {
    throw new UsageError("no ports are given", "knockd knock HOST 7000 8000:udp 9000");
  }
  return parseKnocks(ports, udp ?? false);
}

function checkOptions(options: KnockOptions, program: readonly string[]): void {
  const { ipv4, ipv6, waitPort, proxy, retries } = options;
  if (ipv4 && ipv6) throw new UsageError("-4 and -6 exclude each other");
  if (proxy !== undefined && (waitPort !== undefined || program.length > 0)) {
    const other = waitPort === undefined ? "a command" : "--wait-port";
    throw new UsageError(`--proxy and ${other} exclude each other`);
  }
  if (waitPort === undefined && proxy === undefined) {
    const hint = "--wait-port 22 says which port to wait for";
    if (program.length > 0) throw new UsageError("a command needs --wait-port", hint);
    if (retries !== undefined) throw new UsageError("--retries needs --wait-port", hint);
  }
}

function familyOf({ ipv4, ipv6 }: KnockOptions): 4 | 6 | undefined {
  return ipv4 ? 4 : ipv6 ? 6 : undefined;
}

/** What follows `--`: commander counts it among the operands. */
function afterDashes(command: { parent: unknown }): readonly string[] {
  let root = command as { parent: unknown; rawArgs?: readonly string[] };
  while (root.parent) root = root.parent as typeof root;
  const args = root.rawArgs ?? [];
  const dashes = args.indexOf("--");
  return dashes < 0 ? [] : args.slice(dashes + 1);
}
