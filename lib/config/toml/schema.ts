/**
 * The shape of knock.toml: which keys there are and what type and range they have.
 * What they mean together is judged elsewhere.
 */

import {
  array,
  boolean,
  excludes,
  type GenericSchema,
  type InferOutput,
  integer,
  maxValue,
  minLength,
  minValue,
  nonEmpty,
  number,
  type ObjectEntries,
  optional,
  picklist,
  pipe,
  record,
  strictObject,
  string,
  union,
} from "valibot";
import { typeName } from "./shape.ts";
import * as limits from "../limits.ts";

const text = pipe(
  string(wrong("a text in quotes")),
  excludes("\0", "there can be no NUL character in it"),
);
const path = pipe(text, nonEmpty("the path is empty"));
const flag = boolean(wrong("true or false"));
const port = union([text, number()], wrong('a port, as 8000 or "8000:udp"'));
const ports = union(
  [text, array(port)],
  wrong('ports, as "7000,8000:udp" or [7000, "8000:udp"]'),
);
const doors = union([text, array(text)], wrong("a door's name or an array of them"));
const findings = union(
  [text, array(text)],
  wrong("the name of a finding of check's, or an array of them"),
);
const open = union(
  [text, number(), array(port)],
  wrong('ports, as 22, "22, 51820:udp" or "8000-8010"'),
);
const networks = union(
  [text, array(text)],
  wrong('an address or network, or an array of them, as "192.168.0.0/16"'),
);
const command = union(
  [text, pipe(array(text), minLength(1, "the command has no words"))],
  wrong('a command, as "…" for the shell or ["program", "argument"]'),
);

const options = table({
  interface: optional(
    union([text, array(text)], wrong("an interface or an array of them")),
  ),
  log_file: optional(path),
  log_format: optional(oneOf("text", "json")),
  log_time: optional(oneOf("minute", "iso")),
  use_syslog: optional(flag),
  pid_file: optional(path),
  state_dir: optional(path),
  control: optional(path),
  control_group: optional(text),
  metrics: optional(text),
  table: optional(text),
  history_days: optional(whole(limits.HISTORY_DAYS.min, limits.HISTORY_DAYS.max)),
  history_rows: optional(whole(limits.HISTORY_ROWS.min, limits.HISTORY_ROWS.max)),
  ignore_ports: optional(ports),
});

const fleet = table({
  name: optional(text),
  node: optional(text),
  endpoints: optional(
    array(text, wrong('where etcd answers, as ["https://10.0.0.1:2379"]')),
  ),
  ca: optional(path),
  cert: optional(path),
  key: optional(path),
  user: optional(text),
  password_file: optional(path),
  secret_file: optional(path),
  timeout: optional(whole(limits.FLEET_TIMEOUT.min, limits.FLEET_TIMEOUT.max)),
});

const otp = table({
  length: optional(whole(limits.OTP_LENGTH.min, limits.OTP_LENGTH.max)),
  ports: optional(text),
  protocol: optional(oneOf("tcp", "udp", "mixed")),
  mode: optional(oneOf("totp", "hotp")),
  period: optional(whole(limits.OTP_PERIOD.min, limits.OTP_PERIOD.max)),
  window: optional(whole(limits.OTP_WINDOW.min, limits.OTP_WINDOW.max)),
  look_ahead: optional(whole(limits.OTP_LOOK_AHEAD.min, limits.OTP_LOOK_AHEAD.max)),
  bind_source: optional(flag),
  packet: optional(whole(1, 65_535)),
});

const client = table({ secret: optional(text), secret_file: optional(path) });

const door = table({
  sequence: optional(ports),
  one_time_sequences: optional(path),
  otp: optional(otp),
  clients: optional(tables(client)),
  label: optional(text),
  group: optional(text),
  alone: optional(oneOf("shut", "open")),
  follow: optional(pipe(text, nonEmpty("it names no door"))),
  seq_timeout: optional(whole(1, limits.MAX_SECONDS)),
  tcpflags: optional(text),
  target: optional(text),
  tolerance: optional(whole(-1, limits.MAX_TOLERANCE)),
  open: optional(open),
  allow: optional(networks),
  connections: optional(whole(0, 1)),
  command: optional(command),
  command_6: optional(command),
  start_command: optional(command),
  start_command_6: optional(command),
  cmd_timeout: optional(whole(0, limits.MAX_SECONDS)),
  stop_command: optional(command),
  stop_command_6: optional(command),
  again: optional(oneOf("extend", "run")),
  closes: optional(doors),
  max_open: optional(whole(1, limits.MAX_OPEN.max)),
  cooldown: optional(whole(0, limits.MAX_SECONDS)),
  command_timeout: optional(whole(0, limits.MAX_SECONDS)),
  on_exit: optional(oneOf("close", "keep")),
  ignore_advice: optional(findings),
});

export const configSchema = table({
  options: optional(options),
  fleet: optional(fleet),
  doors: optional(tables(door)),
});

/** A config as it is written. */
export type RawConfig = InferOutput<typeof configSchema>;
/** The `[options]` table as it is written. */
export type RawOptions = InferOutput<typeof options>;
/** The `[fleet]` table as it is written. */
export type RawFleet = InferOutput<typeof fleet>;
/** A door as it is written. */
export type RawDoor = InferOutput<typeof door>;
/** An `otp` table as it is written. */
export type RawOtp = InferOutput<typeof otp>;
/** A client as it is written. */
export type RawClient = InferOutput<typeof client>;

function table<const Entries extends ObjectEntries>(entries: Entries) {
  return strictObject(entries);
}

function tables<const Value extends GenericSchema>(value: Value) {
  return record(string(), value);
}

function whole(min: number, max: number) {
  const expected = `a whole number from ${min} to ${max}`;
  return pipe(
    number(wrong(expected)),
    integer(`expected ${expected}`),
    minValue(min, (issue) => `${issue.input} is below ${min}`),
    maxValue(max, (issue) => `${issue.input} is above ${max}`),
  );
}

function oneOf<const Words extends readonly string[]>(...words: Words) {
  return picklist(words, `expected ${words.map((word) => `"${word}"`).join(" or ")}`);
}

/** Says the type of what was found, never its value: it might be a secret. */
function wrong(expected: string): (issue: { input: unknown }) => string {
  return (issue) => `expected ${expected}, found ${typeName(issue.input)}`;
}
