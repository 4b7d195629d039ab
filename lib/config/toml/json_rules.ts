/**
 * What the readers ask of a value beyond its type, in the words of JSON Schema, so that an
 * editor underlines it while it is typed. They may ask for less than `check` does, never
 * for more.
 */

import { TCP_FLAG_BITS } from "../../core/tcp_flags.ts";
import { MAX_SEQUENCE_LENGTH } from "../../core/sequence.ts";
import { TABLE_NAME } from "../../core/firewall/table_name.ts";
import {
  MAX_DOOR_NAME,
  MAX_IGNORED_PORTS,
  MAX_NETWORKS,
  MAX_OPEN_PORTS,
} from "../limits.ts";
import { CLIENT_NAME } from "../names.ts";
import { LABEL } from "../../core/one_time/derive.ts";
import { DOOR_FINDING_NAMES } from "../finding_names.ts";

/** A part of a JSON Schema, laid over what the types alone give. */
export type JsonRule = Readonly<Record<string, unknown>>;

const PORT =
  "0*([1-9]\\d{0,3}|[1-5]\\d{4}|6[0-4]\\d{3}|65[0-4]\\d{2}|655[0-2]\\d|6553[0-5])";
const PROTOCOL = `(\\s*:\\s*(${anyCase("tcp")}|${anyCase("udp")}))?`;
const KNOCK = `\\s*${PORT}${PROTOCOL}\\s*`;
const RANGE = `\\s*${PORT}(\\s*-\\s*${PORT})?${PROTOCOL}\\s*`;
const FLAG = `\\s*!?\\s*(${Object.keys(TCP_FLAG_BITS).map(anyCase).join("|")})\\s*`;
const ADDRESS = "[0-9A-Fa-f:.]+";
const NETWORK = whole(`\\s*${ADDRESS}(/\\d{1,3})?\\s*`);
const LOOPBACK = `(127(\\.\\d{1,3}){3}|localhost|\\[${ADDRESS}\\])`;
const NAMED = { pattern: LABEL.source };
const NAME = { type: "string", pattern: "^[^\\s/]{1,15}$" };
const FINDING = { type: "string", enum: DOOR_FINDING_NAMES };
const PORT_NUMBER = { type: "integer", minimum: 1, maximum: 65_535 };

/** The rules, by where they hold; `*` is any name. */
export const JSON_RULES: readonly (readonly [readonly string[], JsonRule])[] = [
  [["options", "interface"], {
    anyOf: [NAME, { type: "array", items: NAME, uniqueItems: true }],
  }],
  [["options", "metrics"], { pattern: whole(`${LOOPBACK}:${PORT}`) }],
  [["options", "table"], { pattern: TABLE_NAME.source }],
  [
    ["options", "ignore_ports"],
    portList(KNOCK, { minItems: 0, maxItems: MAX_IGNORED_PORTS }),
  ],
  [["fleet"], {
    required: ["name", "endpoints", "secret_file"],
    dependentRequired: {
      cert: ["key"],
      key: ["cert"],
      user: ["password_file"],
      password_file: ["user"],
    },
  }],
  [["fleet", "name"], NAMED],
  [["fleet", "node"], NAMED],
  [["fleet", "endpoints"], {
    minItems: 1,
    items: { type: "string", pattern: "^https?://[^\\s/]+/?$" },
  }],
  [["doors"], { propertyNames: { minLength: 1, maxLength: MAX_DOOR_NAME } }],
  [["doors", "*"], {
    oneOf: ["sequence", "one_time_sequences", "otp", "follow"].map(has),
    not: {
      anyOf: [
        { required: ["command", "start_command"] },
        { required: ["command_6", "start_command_6"] },
      ],
    },
    dependentRequired: {
      allow: ["open"],
      connections: ["open"],
      alone: ["group"],
      follow: ["group"],
      clients: ["otp"],
    },
    dependentSchemas: {
      again: { anyOf: ["stop_command", "stop_command_6"].map(has) },
      otp: { properties: { label: { type: "string", ...NAMED } } },
    },
  }],
  [["doors", "*", "sequence"], portList(KNOCK, { maxItems: MAX_SEQUENCE_LENGTH })],
  [["doors", "*", "open"], {
    anyOf: [...portList(RANGE, { maxItems: MAX_OPEN_PORTS }).anyOf, PORT_NUMBER],
  }],
  [["doors", "*", "allow"], {
    anyOf: [
      { type: "string", pattern: NETWORK },
      {
        type: "array",
        items: { type: "string", pattern: NETWORK },
        maxItems: MAX_NETWORKS,
      },
    ],
  }],
  [["doors", "*", "tcpflags"], { pattern: `^(\\s*|${FLAG}(,${FLAG})*)$` }],
  [["doors", "*", "target"], { pattern: whole(ADDRESS) }],
  [["doors", "*", "group"], NAMED],
  [["doors", "*", "ignore_advice"], {
    anyOf: [FINDING, { type: "array", items: FINDING, uniqueItems: true }],
  }],
  [["doors", "*", "otp", "ports"], { pattern: whole(`\\s*${PORT}\\s*-\\s*${PORT}\\s*`) }],
  [["doors", "*", "clients"], { propertyNames: { pattern: CLIENT_NAME.source } }],
  [["doors", "*", "clients", "*"], { oneOf: ["secret", "secret_file"].map(has) }],
  [["doors", "*", "clients", "*", "secret"], { pattern: "^[A-Za-z2-7\\s=]{26,}$" }],
];

function has(key: string): JsonRule {
  return { required: [key] };
}

/** Ports in one text or in an array. */
function portList(
  part: string,
  { minItems = 1, maxItems }: { minItems?: number; maxItems: number },
): { anyOf: JsonRule[] } {
  const most = maxItems - 1;
  return {
    anyOf: [
      { type: "string", pattern: whole(`${part}(,${part}){0,${most}}`) },
      {
        type: "array",
        items: { anyOf: [PORT_NUMBER, { type: "string", pattern: whole(part) }] },
        minItems,
        maxItems,
      },
    ],
  };
}

function whole(pattern: string): string {
  return `^${pattern}$`;
}

/** A word in any case: JSON Schema's patterns have no flags. */
function anyCase(word: string): string {
  return [...word].map((letter) => `[${letter.toUpperCase()}${letter}]`).join("");
}
