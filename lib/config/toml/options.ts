/**
 * The `[options]` table of knock.toml.
 *
 * @module
 */
import type { Knock } from "../../core/door.ts";
import { MAX_SEQUENCE_LENGTH, parseKnock, parseSequence } from "../../core/sequence.ts";
import { DEFAULT_CONTROL, DEFAULT_STATE_DIR, type Options } from "../config.ts";
import { besideConfig } from "../draft.ts";
import { interfaceProblem } from "../names.ts";
import type { Path } from "../problems.ts";
import type { RawDoor, RawOptions } from "./schema.ts";
import type { TomlContext } from "./context.ts";

/** Reads `[options]`. */
export function readOptions(raw: RawOptions, context: TomlContext): Options {
  const file = (path: string) => besideConfig(path, context.configPath);
  const ignored = raw.ignore_ports ?? [];
  return {
    interfaces: readInterfaces(raw.interface, context),
    ...(raw.log_file !== undefined && { logFile: file(raw.log_file) }),
    logFormat: raw.log_format ?? "text",
    useSyslog: raw.use_syslog ?? false,
    ...(raw.pid_file !== undefined && { pidFile: file(raw.pid_file) }),
    stateDir: file(raw.state_dir ?? DEFAULT_STATE_DIR),
    control: file(raw.control ?? DEFAULT_CONTROL),
    ...(raw.control_group !== undefined && { controlGroup: raw.control_group }),
    ignorePorts: readPorts(ignored, ["options", "ignore_ports"], context, 1024),
  };
}

/** Reads ports, written as one text or as an array; wrong ones are reported. */
export function readPorts(
  raw: NonNullable<RawDoor["sequence"]>,
  path: Path,
  context: TomlContext,
  max = MAX_SEQUENCE_LENGTH,
): Knock[] {
  if (typeof raw === "string") {
    const { sequence, problems } = parseSequence(raw, max);
    for (const { index, offset, message } of problems) {
      const subject = [...path, index];
      context.report({ severity: "error", path, subject, offset, message });
    }
    return [...sequence];
  }
  const knocks: Knock[] = [];
  for (const [index, element] of raw.slice(0, max).entries()) {
    const knock = parseKnock(`${element}`);
    if (typeof knock !== "string") knocks.push(knock);
    else context.report({ severity: "error", path: [...path, index], message: knock });
  }
  if (raw.length > max) {
    const message = `${raw.length} ports; there can be ${max} at most`;
    context.report({ severity: "error", path: [...path, max], message });
  }
  return knocks;
}

function readInterfaces(raw: RawOptions["interface"], context: TomlContext): string[] {
  const names = raw === undefined ? [] : typeof raw === "string" ? [raw] : raw;
  for (const [index, name] of names.entries()) {
    const message = interfaceProblem(name) ??
      (names.indexOf(name) < index ? `${name} is named twice` : undefined) ??
      (name === "any" && names.length > 1
        ? '"any" is all interfaces; nothing can be beside it'
        : undefined);
    if (message === undefined) continue;
    const path: Path = [
      "options",
      "interface",
      ...(typeof raw === "string" ? [] : [index]),
    ];
    context.report({ severity: "error", path, message });
  }
  return [...names];
}
