/**
 * What is wrong with doors that are right each on its own, in whichever format they
 * were written.
 *
 * @module
 */
import type { Command, Door, Knock } from "../../core/door.ts";
import { MAX_TARGETS } from "../../core/matcher/destinations.ts";
import { formatKnock, formatSequence } from "../../core/sequence.ts";
import { cutShort, wrongCloses } from "./closing.ts";
import { FAIR_BITS, MIN_BITS, otpBits } from "./strength.ts";
import { formatTcpFlags } from "../../core/tcp_flags.ts";
import { isShellSafe, placeholdersOf } from "../../core/template.ts";
import type { Draft } from "../draft.ts";
import { type Finding, hasErrors, type Path } from "../problems.ts";

/** Judges a config as a whole. */
export function* lint(draft: Draft): Generator<Finding> {
  const { ignorePorts } = draft.options;
  yield* sameNames(draft.doors);
  yield* sameSequences(draft.doors);
  yield* tooManyTargets(draft.doors);
  for (const door of draft.doors) {
    yield* commandFindings(door, draft);
    if (ignorePorts.length > 0) yield* ignoredPorts(door, ignorePorts);
    yield* tooWeak(door);
    yield* wrongCloses(door, draft.doors);
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
    yield { severity: "warning", path: ["doors", door.name, "sequence"], message };
  }
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

function* commandFindings(door: Door, draft: Draft): Generator<Finding> {
  const path: Path = ["doors", door.name];
  const { start, stop } = door;
  const commands: [readonly string[], Command | undefined][] = [
    [["start_command", "command"], start?.ipv4],
    [["start_command_6", "command_6"], other(start?.ipv6, start?.ipv4)],
    [["stop_command"], stop?.ipv4],
    [["stop_command_6"], other(stop?.ipv6, stop?.ipv4)],
  ];
  for (const [names, command] of commands) {
    if (command === undefined) continue;
    const written = names.find((name) => draft.has([...path, name])) ?? names[0] ?? "";
    const message = commandProblem(command, door);
    if (message === undefined) continue;
    yield { severity: "error", path: [...path, written], message };
  }
}

/** The IPv6 command, unless it is the one for IPv4 once more. */
function other(ipv6: Command | undefined, ipv4: Command | undefined) {
  return ipv6 === ipv4 ? undefined : ipv6;
}

function commandProblem(command: Command, door: Door): string | undefined {
  if (command[0] === "") return "the name of the program is empty";
  const placeholders = placeholdersOf(command);
  if (placeholders.has("CLIENT") && door.key.kind !== "otp") {
    return "%CLIENT% is known on a door with an otp table only";
  }
  const inShell = typeof command === "string";
  if (inShell && placeholders.has("DOOR") && !isShellSafe(door.name)) {
    return "%DOOR% can't go into a shell command: the door's name has characters other " +
      "than letters, digits and . : _ @ -";
  }
  return undefined;
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
    yield { severity: "warning", path: [...path, "otp", "ports"], message };
  }
}

function* uselessSettings(door: Door, draft: Draft): Generator<Finding> {
  const path: Path = ["doors", door.name];
  if (door.start === undefined && door.closes.length === 0) {
    const message = "no command runs when this door opens";
    yield { severity: "warning", path, atKey: true, message };
  }
  if (door.stop === undefined && draft.has([...path, "cmd_timeout"])) {
    const message = "this means nothing without a stop_command";
    yield { severity: "warning", path: [...path, "cmd_timeout"], atKey: true, message };
  }
  if (door.key.kind === "static" && door.key.sequence.length === 1) {
    const message = "a single port opens this door: so does any scan that hits it";
    yield { severity: "warning", path: [...path, "sequence"], message };
  }
}

function* tooWeak(door: Door): Generator<Finding> {
  if (door.key.kind !== "otp") return;
  const { otp, clients } = door.key;
  const bits = otpBits(otp, clients.length, door.tolerance);
  if (bits >= FAIR_BITS) return;
  const refused = bits < MIN_BITS;
  const least = refused ? `at least ${MIN_BITS} are needed` : `${FAIR_BITS} are advised`;
  yield {
    severity: refused ? "error" : "warning",
    path: ["doors", door.name, "otp"],
    atKey: true,
    message: `guessing a sequence takes ${Math.floor(bits)} bits; ${least}`,
    hint: "more ports, a longer sequence, a smaller window or less tolerance",
  };
}
