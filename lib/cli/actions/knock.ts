/** `knockd knock`: the client. */

import { defined } from "../../core/defined.ts";
import { UsageError } from "../../core/failure.ts";
import type { Address } from "../../core/address.ts";
import type { Knock } from "../../core/door.ts";
import { relay } from "../../client/relay.ts";
import { knockAtAll } from "../../client/all_addresses.ts";
import { runCommand } from "../../client/run_command.ts";
import { type ClientSystem, realClientSystem } from "../../client/client_system.ts";
import type { Shot } from "../../client/shot.ts";
import { checkKnockOptions, type KnockOptions } from "./knock/knock_options.ts";
import { addressesOf, type Targets } from "./knock/knock_targets.ts";
import {
  CLASSIC_DELAY,
  describeHit,
  describeKnock,
  parsePlainKnocks,
} from "./knock/knocks.ts";
import { oneTimeKnock } from "./one_time.ts";
import { ExitWith, print, printError } from "../terminal.ts";

/** Knocks at a host; `program`, which ends `operands`, runs once the port is open. */
export async function knockAt(
  host: string,
  operands: readonly string[],
  program: readonly string[],
  options: KnockOptions,
): Promise<void> {
  // The system would take 7000 for the address 0.0.27.88.
  if (program.length > operands.length || /^\d{1,5}(:[a-z]*)?$/i.test(host)) {
    throw new UsageError("the host is missing", "knockd knock HOST 7000 8000:udp 9000");
  }
  const [, name, port] = /^([^:]+|\[.+\]):(\d+)$/.exec(host) ?? [];
  if (name !== undefined && !options.otp) {
    throw new UsageError(
      `${JSON.stringify(host)} is a host and a port`,
      `a blank stands between them: knockd knock ${name} ${port}`,
    );
  }
  const ports = operands.slice(0, operands.length - program.length);
  checkKnockOptions(options, ports, program);
  const system = realClientSystem();
  const knocking = options.otp
    ? await oneTimeKnock(system, host, options)
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
  const onOtherwise = ({ message }: Error) =>
    printError(`knockd: ${message}; knocking by a sequence instead`);
  return {
    retries,
    onOtherwise,
    ...defined({ delay, port }),
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
