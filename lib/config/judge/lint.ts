/**
 * What is wrong with doors that are right each on its own, in whichever format they
 * were written.
 */

import {
  type Door,
  isOtpDoor,
  type Knock,
  type OtpDoor,
  takesTcp,
} from "../../core/door.ts";
import { MAX_TARGETS } from "../../core/matcher/destinations.ts";
import { formatKnock, formatSequence } from "../../core/sequence.ts";
import { closesByItself, cutShort, wrongCloses } from "./left_open.ts";
import { commandFindings } from "./command_findings.ts";
import { kernelFindings } from "./kernel_findings.ts";
import { fleetFindings } from "./fleet_findings.ts";
import { otpFindings } from "./otp_findings.ts";
import { wrongPacketPorts } from "./packet_ports.ts";
import { formatTcpFlags, TCP_FLAG_BITS } from "../../core/tcp_flags.ts";
import type { Draft } from "../draft.ts";
import { type Finding, hasErrors, type Path } from "../problems.ts";

/** Judges a config as a whole. */
export function* lint(draft: Draft): Generator<Finding> {
  const { ignorePorts } = draft.options;
  yield* sameNames(draft.doors);
  yield* sameSequences(draft.doors);
  yield* sharedLists(draft.doors);
  yield* sharedSecrets(draft.doors);
  yield* tooManyTargets(draft.doors);
  yield* fleetFindings(draft);
  for (const door of draft.doors) {
    yield* commandFindings(door, draft);
    if (ignorePorts.length > 0) yield* ignoredPorts(door, ignorePorts);
    yield* otpFindings(door);
    yield* answersOnly(door);
    yield* kernelFindings(door);
    yield* wrongCloses(door, draft.doors);
    yield* wrongPacketPorts(door, draft.doors);
    yield* cutShort(door, (path) => draft.has(path));
    // What is missing may be what is wrong.
    if (!hasErrors(draft.findings)) yield* uselessSettings(door, draft);
  }
}

function* sameNames(doors: readonly Door[]): Generator<Finding> {
  const seen = new Map<string, string>();
  for (const { name } of doors) {
    const twin = seen.get(name.toLowerCase());
    seen.set(name.toLowerCase(), name);
    if (twin === undefined) continue;
    const message = `there is a door ${twin} already; case does not count`;
    yield { severity: "error", path: ["doors", name], atKey: true, message };
  }
}

function* sameSequences(doors: readonly Door[]): Generator<Finding> {
  const seen = new Map<string, string>();
  for (const door of doors) {
    if (door.key.kind !== "static") continue;
    const flags = formatTcpFlags(door.tcpFlags);
    const target = door.target?.text ?? "";
    const knock = [formatSequence(door.key.sequence), flags, target].join(" ");
    const twin = seen.get(knock);
    seen.set(knock, door.name);
    if (twin === undefined) continue;
    const message = `this knock opens the door ${twin} too`;
    const path = ["doors", door.name, "sequence"];
    yield { severity: "warning", name: "same-knock", path, message };
  }
}

/** What opens one of them is used for the other, whose line is not what it was then. */
function* sharedLists(doors: readonly Door[]): Generator<Finding> {
  const seen = new Map<string, string>();
  for (const { name, key } of doors) {
    if (key.kind !== "file") continue;
    const twin = seen.get(key.path);
    if (twin === undefined) seen.set(key.path, name);
    else {
      yield {
        severity: "warning",
        name: "shared-list",
        path: ["doors", name, "one_time_sequences"],
        message: `the door ${twin} has this file, too: what opens one opens no other`,
        hint: "a file for each door, or one door that does both",
      };
    }
  }
}

/** A secret and a label make one series of counters, whichever door takes them. */
function* sharedSecrets(doors: readonly Door[]): Generator<Finding> {
  const alike = Map.groupBy(
    doors.filter(isOtpDoor),
    ({ label, key: { otp } }) => `${label} ${otp.mode === "totp" ? otp.period : ""}`,
  );
  for (const group of alike.values()) {
    // Most doors are alone, and may have thousands of clients.
    if (group.length === 1) continue;
    const seen = new Map<string, string>();
    for (const { name: door, client } of group.flatMap(clientsOf)) {
      const secret = client.secret.reveal().join();
      const twin = seen.get(secret);
      if (twin === undefined) {
        seen.set(secret, `${client.name} of door ${door}`);
        continue;
      }
      yield {
        severity: "warning",
        name: "shared-secret",
        path: ["doors", door, "clients", client.name],
        atKey: true,
        message:
          `${twin} has this secret under the same label: what opens one opens no ` +
          "other",
        hint: "a label or a secret for each door, or one door that does both",
      };
    }
  }
}

function clientsOf({ name, key: { clients } }: OtpDoor) {
  return clients.map((client) => ({ name, client }));
}

/** At the first door beyond what a daemon can tell apart. */
function* tooManyTargets(doors: readonly Door[]): Generator<Finding> {
  const targets = new Set<string>();
  for (const { name, target } of doors) {
    if (target === undefined) continue;
    if (targets.add(target.text).size <= MAX_TARGETS) continue;
    yield {
      severity: "error",
      path: ["doors", name, "target"],
      message: `more than ${MAX_TARGETS} different targets`,
      hint: "leave target out where any address of this host will do",
    };
    return;
  }
}

function* ignoredPorts(door: Door, ignored: readonly Knock[]): Generator<Finding> {
  const path: Path = ["doors", door.name];
  const names = new Set(ignored.map(formatKnock));
  if (door.key.kind === "static") {
    const knock = door.key.sequence.map(formatKnock).find((port) => names.has(port));
    if (knock === undefined) return;
    const message = `port ${knock} is in ignore_ports; this door never opens`;
    yield { severity: "error", path: [...path, "sequence"], message };
  }
  if (door.key.kind === "otp") {
    const { lo, hi, protocol } = door.key.otp;
    const inside = ignored.find((knock) =>
      knock.port >= lo && knock.port <= hi &&
      (protocol === "mixed" || protocol === knock.protocol)
    );
    if (inside === undefined) return;
    const message = `port ${formatKnock(inside)} is in ignore_ports; ` +
      "a sequence with it does not open this door";
    yield {
      severity: "warning",
      name: "ignored-port",
      path: [...path, "otp", "ports"],
      message,
    };
  }
}

function* uselessSettings(door: Door, draft: Draft): Generator<Finding> {
  const path: Path = ["doors", door.name];
  if (door.start === undefined && door.kernel === undefined && door.closes.length === 0) {
    const message = "no command runs when this door opens";
    yield { severity: "warning", name: "does-nothing", path, atKey: true, message };
  }
  if (!closesByItself(door) && draft.has([...path, "cmd_timeout"])) {
    const message = "this means nothing without a stop_command";
    yield {
      severity: "warning",
      name: "useless-timeout",
      path: [...path, "cmd_timeout"],
      atKey: true,
      message,
    };
  }
  if (door.key.kind === "static" && door.key.sequence.length === 1) {
    const message = "a single port opens this door: so does any scan that hits it";
    yield { severity: "warning", name: "one-port", path: [...path, "sequence"], message };
  }
}

/** SYN and ACK together is what a server answers. */
function* answersOnly(door: Door): Generator<Finding> {
  const { name, tcpFlags: { value } } = door;
  const both = TCP_FLAG_BITS.syn | TCP_FLAG_BITS.ack;
  if ((value & both) !== both || !takesTcp(door)) return;
  const message = "no client sends packets with SYN and ACK: a knock sends SYN alone";
  const path = ["doors", name, "tcpflags"];
  const hint = "tcpflags = syn";
  yield { severity: "warning", name: "syn-and-ack", path, message, hint };
}
