/**
 * An enrolment as one `otpauth://` URI, which fits into a QR code. Authenticator
 * programs can read it: what is ours is in parameters of our own.
 */

import { orUndefined } from "../or_undefined.ts";
import {
  type Enrolment,
  ENROLMENT_FIELDS,
  type EnrolmentFields,
  formatEnrolment,
  parseEnrolment,
} from "./enrolment.ts";

/** Characters in a URI at most. */
export const MAX_URI_LENGTH = 8192;

const ISSUER = "knockd";
/** The page that a link opens, up to the URI. */
const PAGE = /^(?:https|file):\/\/[^\s#]+#(?=otpauth:)/;

/** The URI of an enrolment. It holds the secret: show it to the client alone. */
export function formatUri(enrolment: Enrolment): string {
  const { mode, ...fields } = formatEnrolment(enrolment);
  const parameters = {
    issuer: ISSUER,
    algorithm: "SHA256",
    digits: "8",
    knock: "v1",
    ...fields,
  };
  const query = Object.entries(parameters)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  const account = encodeURIComponent(`${enrolment.client}@${enrolment.host}`);
  return `otpauth://${mode}/${ISSUER}:${account}?${query.join("&")}`;
}

/**
 * Reads a URI, or a page's link to it, which `knockd enroll --page` shows in its place; a
 * string says what is wrong, and never shows the secret.
 */
export function parseUri(text: string): Enrolment | string {
  const uri = text.trim().replace(PAGE, "");
  if (uri.length > MAX_URI_LENGTH) {
    return `the URI is longer than ${MAX_URI_LENGTH} characters`;
  }
  const match = /^otpauth:\/\/(totp|hotp)\/[^?#]*\?([^?#]*)$/.exec(uri);
  if (match === null) return "this is not an otpauth://totp/ or otpauth://hotp/ URI";
  const [, mode = "", query = ""] = match;
  const parameters = parseQuery(query);
  if (typeof parameters === "string") return parameters;
  const required = [["knock", "v1"], ["algorithm", "SHA256"], ["digits", "8"]] as const;
  for (const [name, value] of required) {
    if (parameters.get(name)?.toLowerCase() !== value.toLowerCase()) {
      return `this URI does not come from "knockd enroll": ${name} is not ${value}`;
    }
  }
  const fields: EnrolmentFields = { mode };
  for (const name of ENROLMENT_FIELDS) {
    const value = parameters.get(name);
    if (value !== undefined && name !== "mode") fields[name] = value;
  }
  return parseEnrolment(fields);
}

function parseQuery(query: string): Map<string, string> | string {
  const parameters = new Map<string, string>();
  for (const part of query.split("&")) {
    const [, name, encoded] = /^([a-z_]+)=(.*)$/.exec(part) ?? [];
    if (name === undefined || encoded === undefined) {
      return "a parameter of the URI is not NAME=VALUE";
    }
    if (parameters.has(name)) return `the URI has ${name.slice(0, 40)} twice`;
    const value = orUndefined(() => decodeURIComponent(encoded));
    if (value === undefined) {
      return `${name.slice(0, 40)} has a broken %-escape in the URI`;
    }
    parameters.set(name, value);
  }
  return parameters;
}
