/**
 * Everything a client needs to knock on a rotating door, as named fields of text: the
 * common ground of the enrolment URI and the profile file.
 */

import type { OtpSettings } from "../door.ts";
import { asciiHost } from "../ascii_host.ts";
import { ipv6Host } from "../ipv6_host.ts";
import { splitZone } from "../zone.ts";
import {
  LABEL,
  MAX_COUNTER,
  MAX_OTP_LENGTH,
  MAX_PERIOD,
  MIN_OTP_LENGTH,
  shapeProblem,
} from "./derive.ts";
import type { Secret } from "../secret.ts";
import { formatSecret, parseSecret } from "./secret_text.ts";

/** The window of a door whose config, or enrolment, does not say it. */
export const USUAL_WINDOW = 1;
/** Time steps to either side of the present one at most. */
export const MAX_WINDOW = 10;

/** How a client derives its sequences, and which of them the host accepts. */
export type ClientOtpSettings = Omit<OtpSettings, "window" | "lookAhead"> & {
  /** Time steps to either side of the host's; {@linkcode USUAL_WINDOW} without it. */
  readonly window?: number;
};

/** What `knockd enroll` hands to a client. */
export interface Enrolment {
  /** Host name or address to knock on. */
  readonly host: string;
  /** The door's name there. */
  readonly door: string;
  /** The door's name in derivations. */
  readonly label: string;
  /** The client's name there. */
  readonly client: string;
  /** How sequences are derived; the period is 30 where a counter moves them. */
  readonly otp: ClientOtpSettings;
  /** The first counter to use; 0 where the clock moves the sequences. */
  readonly counter: number;
  /** The secret shared with the host. */
  readonly secret: Secret;
}

/** The names of the fields, in the order in which they are written. */
export const ENROLMENT_FIELDS = [
  "host",
  "door",
  "label",
  "client",
  "secret",
  "mode",
  "period",
  "window",
  "counter",
  "length",
  "ports",
  "protocol",
  "bind_source",
  "packet",
] as const;

/** A field's name. */
export type EnrolmentField = typeof ENROLMENT_FIELDS[number];
/** Fields as text. */
export type EnrolmentFields = Partial<Record<EnrolmentField, string>>;

/** The fields of an enrolment, which {@linkcode parseEnrolment} reads back. */
export function formatEnrolment(enrolment: Enrolment): EnrolmentFields {
  const { host, door, label, client, otp, counter, secret } = enrolment;
  const { window = USUAL_WINDOW } = otp;
  const byClock = {
    period: `${otp.period}`,
    ...(window === USUAL_WINDOW ? {} : { window: `${window}` }),
  };
  return {
    host,
    door,
    ...(label === door ? {} : { label }),
    client,
    secret: formatSecret(secret),
    mode: otp.mode,
    ...(otp.mode === "totp" ? byClock : { counter: `${counter}` }),
    length: `${otp.length}`,
    ports: `${otp.lo}-${otp.hi}`,
    protocol: otp.protocol,
    ...(otp.bindSource ? { bind_source: "true" } : {}),
    ...(otp.packet === undefined ? {} : { packet: `${otp.packet}` }),
  };
}

/**
 * Reads fields; a string says what is wrong. It shows none of the text: what came with a
 * mangled secret may be a piece of it.
 */
export function parseEnrolment(fields: EnrolmentFields): Enrolment | string {
  const { door, label = door, client } = fields;
  const host = fields.host === undefined ? undefined : asciiHost(fields.host);
  if (host === undefined || !canBeHost(host)) return wrong("host");
  if (door === undefined || !isName(door)) return wrong("door");
  if (label === undefined || !LABEL.test(label)) return wrong("label");
  if (client === undefined || !isName(client)) return wrong("client");
  const mode = oneOf(fields.mode, ["totp", "hotp"]);
  if (mode === undefined) return wrong("mode");
  const period = mode === "totp" ? integer(fields.period, 1, MAX_PERIOD) : 30;
  if (period === undefined) return wrong("period");
  const { window: steps } = fields;
  const window = mode === "totp" && steps !== undefined
    ? integer(steps, 0, MAX_WINDOW)
    : USUAL_WINDOW;
  if (window === undefined) return wrong("window");
  const counter = mode === "hotp" ? integer(fields.counter, 0, MAX_COUNTER) : 0;
  if (counter === undefined) return wrong("counter");
  const protocol = oneOf(fields.protocol, ["tcp", "udp", "mixed"]);
  if (protocol === undefined) return wrong("protocol");
  const bindSource = oneOf(fields.bind_source ?? "false", ["true", "false"]);
  if (bindSource === undefined) return wrong("bind_source");
  const { packet: packetPort } = fields;
  const packet = integer(packetPort, 1, 65535);
  if (packetPort !== undefined && packet === undefined) return wrong("packet");
  const length = integer(fields.length, MIN_OTP_LENGTH, MAX_OTP_LENGTH);
  if (length === undefined) return wrong("length");
  const [, lo, hi] = /^(\d{1,5})-(\d{1,5})$/.exec(fields.ports ?? "") ?? [];
  if (lo === undefined || hi === undefined) return wrong("ports");
  const shape = { length, lo: Number(lo), hi: Number(hi), protocol };
  const problem = shapeProblem(shape);
  if (problem !== undefined) return problem;
  const secret = parseSecret(fields.secret ?? "");
  if (typeof secret === "string") return secret;
  const otp = {
    ...shape,
    mode,
    period,
    bindSource: bindSource === "true",
    ...(window === USUAL_WINDOW ? {} : { window }),
    ...(packet === undefined ? {} : { packet }),
  };
  return { host, door, label, client, otp, counter, secret };
}

const EXPECTED = {
  host: "a host name or an address",
  door: "1 to 127 printable characters",
  label: "1 to 64 of A-Z a-z 0-9 . _ -",
  client: "1 to 127 printable characters",
  mode: "totp or hotp",
  period: `1 to ${MAX_PERIOD} seconds`,
  window: `0 to ${MAX_WINDOW} steps`,
  counter: `0 to ${MAX_COUNTER}`,
  length: `${MIN_OTP_LENGTH} to ${MAX_OTP_LENGTH} ports`,
  ports: "a range like 10000-59999",
  protocol: "tcp, udp or mixed",
  bind_source: "true or false",
  packet: "a UDP port, 1 to 65535",
};

function wrong(field: keyof typeof EXPECTED): string {
  return `${field} is missing or wrong: it has to be ${EXPECTED[field]}`;
}

function oneOf<T extends string>(text: string | undefined, known: T[]): T | undefined {
  return known.find((name) => name === text);
}

function integer(text: string | undefined, lo: number, hi: number): number | undefined {
  if (text === undefined || !/^(0|[1-9]\d{0,15})$/.test(text)) return undefined;
  const value = Number(text);
  return value >= lo && value <= hi ? value : undefined;
}

/** Anything printable: these names are shown on terminals. */
function isName(text: string): boolean {
  return /^[^\p{C}\p{Zl}\p{Zp}]{1,127}$/u.test(text);
}

/** A host name as resolvers take it, underscores included, or an address. */
function canBeHost(text: string): boolean {
  if (text.length > 253) return false;
  if (ipv6Host(text) !== undefined || splitZone(text) !== undefined) return true;
  return /^[A-Za-z0-9_]([A-Za-z0-9_-]{0,62})(\.[A-Za-z0-9_][A-Za-z0-9_-]{0,62})*\.?$/
    .test(text);
}
