/** Keys that there are, in another table than they were written in. */

import type { Path } from "../problems.ts";
import { CLIENT_WORDS, DOOR_WORDS, OPTION_WORDS, OTP_WORDS } from "./words.ts";

/** What people call things of ours who know other programs, and what to write. */
const OTHERS_WORDS: Readonly<Record<string, string>> = {
  timeout:
    "seq_timeout is how long a knock may take, cmd_timeout how long the door stays open",
  open_time: "cmd_timeout is how long the door stays open, in seconds",
  duration: "cmd_timeout is how long the door stays open, in seconds",
  port: 'open = 22 is what opens, sequence = "7000,8000,9000" what to knock at',
  ports: 'open = "22, 443" is what opens, sequence = "7000,8000" what to knock at',
  knock: 'sequence = "7000,8000,9000" is what to knock at',
  knocks: 'sequence = "7000,8000,9000" is what to knock at',
  action: "open = 22, or command, is what a door does",
  protocol: 'each port has its own: sequence = "7000,8000:udp"',
  flags: 'tcpflags = "syn,!ack" says which TCP packets count',
  whitelist: "allow names addresses that need no knock",
  users: "a client has a table of its own: knockd enroll DOOR CLIENT",
  ignore: 'ignore_advice = ["one-port"] names what check is not to say of a door',
  name: "a door's name is in its table's: [doors.NAME]",
};

/** Where a key that is unknown at `path` belongs, as a hint. */
export function placeOf(path: Path, key: string, value: unknown): string | undefined {
  const door = path[0] === "doors" && path.length > 1 ? `doors.${path[1]}` : "doors.NAME";
  if (path.length === 0 && looksLikeDoor(value)) {
    const name = key.replace(/^doors\./, "");
    return `a door's table has its name behind doors: [doors.${name}]`;
  }
  if (path[0] === "doors" && path.length === 2 && looksLikeDoor(value)) {
    return `a name with a dot in it stands in quotes: [doors."${path[1]}.${key}"]`;
  }
  const isIn = (words: Readonly<Record<string, unknown>>) => Object.hasOwn(words, key);
  if (isIn(OTHERS_WORDS)) return OTHERS_WORDS[key];
  if (isIn(OPTION_WORDS)) return "it belongs under [options]";
  if (isIn(OTP_WORDS)) return `it belongs under [${door}.otp]`;
  if (isIn(CLIENT_WORDS)) return `it belongs under [${door}.clients.NAME]`;
  if (isIn(DOOR_WORDS)) return `it belongs to a door, under [${door}]`;
  return undefined;
}

function looksLikeDoor(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value) &&
    Object.keys(value).some((key) => Object.hasOwn(DOOR_WORDS, key));
}

/** What to write where something else stands than a table. */
export function tableHint(path: Path, value: unknown): { hint?: string } {
  const [first, door, key] = path;
  if (first !== "doors") return {};
  if (path.length === 1) return { hint: "a door is a table with its name: [doors.ssh]" };
  if (path.length === 2 && Array.isArray(value)) {
    return { hint: `one pair of brackets: [doors.${door}]` };
  }
  if (key === "otp") return { hint: `a line of its own makes it: [doors.${door}.otp]` };
  return key === "clients" ? { hint: `knockd enroll ${door} CLIENT makes one` } : {};
}

/** What to write in the place of a value of the wrong type. */
export function valueHint(value: unknown, message: string): { hint?: string } {
  if (Array.isArray(value) && /a text/.test(message)) {
    return { hint: "one text in quotes, with commas in it where there are several" };
  }
  if (typeof value !== "string") return {};
  const [, number] = /^(\d{1,9})\s*(s|secs?|seconds?)?$/i.exec(value.trim()) ?? [];
  if (number !== undefined && /number/.test(message)) {
    return { hint: `without quotes and without a unit: ${number}` };
  }
  const flag = /^\s*(true|yes|on)\s*$/i.test(value)
    ? "true"
    : /^\s*(false|no|off)\s*$/i.test(value)
    ? "false"
    : undefined;
  return flag !== undefined && /true or false/.test(message)
    ? { hint: `without quotes: ${flag}` }
    : {};
}
