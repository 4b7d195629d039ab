/** The `otp` and `clients` tables of a door in knock.toml. */

import type { Client, OtpSettings } from "../../core/door.ts";
import type { Secret } from "../../core/secret.ts";
import { parseSecret } from "../../core/one_time/secret_text.ts";
import { besideConfig, missingFile } from "../named_path.ts";
import * as limits from "../limits.ts";
import { clientNameProblem } from "../names.ts";
import type { Path } from "../problems.ts";
import type { RawClient, RawOtp } from "./schema.ts";
import { exposure } from "../../files/secret_mode.ts";
import { readSource } from "../../files/source.ts";
import type { TomlContext } from "./context.ts";

/** Reads how a door derives its sequences, and for whom. */
export function readOtpKey(
  door: string,
  raw: RawOtp,
  clients: Record<string, RawClient> | undefined,
  context: TomlContext,
): { otp: OtpSettings; clients: Client[] } {
  const path: Path = ["doors", door];
  const otp = readSettings([...path, "otp"], raw, context);
  if (clients === undefined && !context.isBroken([...path, "clients"])) {
    const message = "nobody can open this door: it has no clients";
    const hint = `knockd enroll ${/^[\w.-]+$/.test(door) ? door : "DOOR"} CLIENT`;
    const name = "no-clients";
    context.report({ severity: "warning", name, path, atKey: true, message, hint });
  }
  return { otp, clients: readClients([...path, "clients"], clients ?? {}, context) };
}

function readSettings(path: Path, raw: RawOtp, context: TomlContext): OtpSettings {
  const length = raw.length ?? limits.OTP_LENGTH.default;
  const [lo, hi] = readRange([...path, "ports"], raw.ports ?? limits.OTP_PORTS, context);
  const needed = limits.OTP_PORTS_PER_KNOCK * length;
  if (hi >= lo && hi - lo + 1 < needed && !context.isBroken([...path, "length"])) {
    const message = `${hi - lo + 1} ports are too few: a sequence of ${length} needs ` +
      `a range of ${needed}`;
    context.report({ severity: "error", path: [...path, "ports"], message });
  }
  return {
    length,
    lo,
    hi,
    protocol: raw.protocol ?? "tcp",
    mode: raw.mode ?? "totp",
    period: raw.period ?? limits.OTP_PERIOD.default,
    window: raw.window ?? limits.OTP_WINDOW.default,
    lookAhead: raw.look_ahead ?? limits.OTP_LOOK_AHEAD.default,
    bindSource: raw.bind_source ?? false,
    ...(raw.packet !== undefined && { packet: raw.packet }),
  };
}

function readRange(path: Path, text: string, context: TomlContext): [number, number] {
  const [, low, high] = /^\s*(\d{1,5})\s*-\s*(\d{1,5})\s*$/.exec(text) ?? [];
  const [lo, hi] = [Number(low), Number(high)];
  if (lo >= 1 && hi <= 65535 && lo <= hi) return [lo, hi];
  const message = 'expected a range of ports from 1 to 65535, as "10000-59999"';
  const turned = hi >= 1 && lo <= 65535 && lo > hi;
  const hint = turned ? { hint: `the lower one stands first: "${hi}-${lo}"` } : {};
  context.report({ severity: "error", path, message, ...hint });
  return [1, 65535];
}

function readClients(
  path: Path,
  raw: Record<string, RawClient>,
  context: TomlContext,
): Client[] {
  const clients: Client[] = [];
  const names = new Map<string, string>();
  const secrets = new Map<string, string>();
  for (const [name, table] of Object.entries(raw)) {
    const own = [...path, name];
    const fail = (message: string) =>
      context.report({ severity: "error", path: own, atKey: true, message });
    const problem = clientNameProblem(name);
    if (problem !== undefined) fail(problem);
    const twin = names.get(name.toLowerCase());
    if (twin !== undefined) {
      fail(`there is a client ${twin} already; case does not count`);
    }
    names.set(name.toLowerCase(), name);
    const secret = readClientSecret(own, table, context);
    if (secret === undefined) continue;
    const bytes = secret.reveal().toHex();
    const sameSecret = secrets.get(bytes);
    if (sameSecret !== undefined) {
      fail(`this client has the same secret as ${sameSecret}`);
    }
    secrets.set(bytes, name);
    clients.push({ name, secret });
  }
  return clients;
}

function readClientSecret(
  path: Path,
  raw: RawClient,
  context: TomlContext,
): Secret | undefined {
  const { secret, secret_file: file } = raw;
  if (secret !== undefined) context.holdsSecret([...path, "secret"]);
  if (secret !== undefined && file !== undefined) {
    const message = "a client has a secret or a secret_file, not both";
    context.report({ severity: "error", path, atKey: true, message });
  } else if (secret !== undefined) {
    const parsed = parseSecret(secret);
    if (typeof parsed !== "string") return parsed;
    const at = [...path, "secret"];
    context.report({ severity: "error", path: at, message: parsed, hint: enrol(path) });
  } else if (file !== undefined) {
    return readSecretFile([...path, "secret_file"], file, context);
  } else if (
    !context.isBroken([...path, "secret"]) && !context.isBroken([...path, "secret_file"])
  ) {
    const message = "this client has no secret and no secret_file";
    const hint = enrol(path);
    context.report({ severity: "error", path, atKey: true, message, hint });
  }
  return undefined;
}

function readSecretFile(
  path: Path,
  file: string,
  context: TomlContext,
): Secret | undefined {
  const absolute = besideConfig(file, context.configPath);
  const source = readSource(absolute, { maxBytes: limits.MAX_SECRET_FILE_BYTES });
  if (!("text" in source)) {
    const message = `${missingFile(file, context.configPath)}: ${source.message}`;
    context.report({
      severity: "error",
      path,
      message,
      hint: source.hint ?? enrol(path),
    });
    return undefined;
  }
  const exposed = exposure(source);
  if (exposed !== undefined) {
    const { message, hint } = exposed;
    context.report({ severity: "error", path, message: `${absolute}: ${message}`, hint });
  }
  const secret = parseSecret(source.text);
  if (typeof secret !== "string") return secret;
  const message = `${absolute}: ${secret}`;
  context.report({ severity: "error", path, message, hint: enrol(path) });
  return undefined;
}

/** How a client gets a secret: in a config that is right, so its table goes first. */
function enrol([, door, , client]: Path): string {
  const named = (name: string | number | undefined, otherwise: string) =>
    /^[\w.@-]+$/.test(`${name ?? ""}`) ? `${name}` : otherwise;
  return "take the client out of the config; then: " +
    `knockd enroll ${named(door, "DOOR")} ${named(client, "CLIENT")}`;
}
