/** The text of the profile store: one TOML table a profile. */

import { parse, stringify, TomlError } from "smol-toml";
import {
  type Enrolment,
  ENROLMENT_FIELDS,
  type EnrolmentField,
  type EnrolmentFields,
  formatEnrolment,
  parseEnrolment,
} from "../core/one_time/enrolment.ts";
import { Failure } from "../core/failure.ts";
import { escapeControls, quoted } from "../core/printable.ts";

/** An enrolment under a name that is unique in the store. */
export interface Profile {
  readonly name: string;
  readonly enrolment: Enrolment;
}

const NUMBERS = new Set<string>(["period", "window", "counter", "length", "packet"]);

/** Writes profiles, which {@linkcode parseProfiles} reads back. */
export function formatProfiles(profiles: readonly Profile[]): string {
  const tables = profiles.map(({ name, enrolment }) => {
    const fields = Object.entries(formatEnrolment(enrolment)).map(([field, text]) => {
      if (field === "bind_source") return [field, text === "true"];
      return [field, NUMBERS.has(field) ? Number(text) : text];
    });
    return [name, Object.fromEntries(fields)];
  });
  return stringify({ profiles: Object.fromEntries(tables) });
}

/** Reads profiles; `path` is for the errors, which never show a secret. */
export function parseProfiles(text: string, path: string): Profile[] {
  const { profiles = {}, ...others } = parseToml(text, path);
  const stranger = Object.keys(others)[0];
  if (stranger !== undefined) {
    throw broken(path, quoted(stranger), "is not a known table");
  }
  if (!isTable(profiles)) throw broken(path, "profiles", "is not a table");
  return Object.entries(profiles).map(([name, table]) => {
    const key = `profiles.${JSON.stringify(name)}`;
    if (!isTable(table)) throw broken(path, key, "is not a table");
    const fields: EnrolmentFields = {};
    for (const [field, value] of Object.entries(table)) {
      if (!isField(field)) {
        throw broken(path, key, `has an unknown key: ${quoted(field)}`);
      }
      if (!["string", "number", "boolean"].includes(typeof value)) {
        throw broken(path, key, `has a ${field} that is not one value`);
      }
      fields[field] = String(value);
    }
    const enrolment = parseEnrolment(fields);
    if (typeof enrolment === "string") throw broken(path, key, enrolment, ": ");
    return { name, enrolment };
  });
}

function parseToml(text: string, path: string): Record<string, unknown> {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    // The lines that follow the first one show the text, secrets included.
    const [reason = ""] = error.message.replace("Invalid TOML document: ", "").split(
      "\n",
    );
    throw new Failure(
      `${path}:${error.line}:${error.column}: ${reason}`,
      "correct the line, or remove the file and add the profiles again",
    );
  }
}

function broken(path: string, key: string, problem: string, joint = " "): Failure {
  return new Failure(
    escapeControls(`${path}: ${key}${joint}${problem}`),
    'correct it there, or remove the table and use "knockd profile add"',
  );
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) &&
    !(value instanceof Date);
}

function isField(name: string): name is EnrolmentField {
  return (ENROLMENT_FIELDS as readonly string[]).includes(name);
}
