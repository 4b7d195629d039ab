/** What stands behind the # of the page's address: an enrolment, and what comes after a knock. */

import { base32 } from "./derive.js";

/**
 * Reads `otpauth://…`, with `&then=…` after it if wanted: the door and its secret, or a word
 * for what is wrong. No part of a mangled one is shown: it may be a part of the secret.
 */
export function readLink(text) {
  const [, mode, query] =
    /^otpauth:\/\/(totp|hotp)\/[^?#]*\?([^#]*)$/.exec(text.trim().slice(0, 8192)) ?? [];
  if (mode === undefined) return "notALink";
  const given = {};
  for (const part of query.split("&")) {
    const [, name, value] = /^([a-z_]+)=(.*)$/.exec(part) ?? [];
    if (name === undefined || name in given) return "notALink";
    try {
      given[name] = decodeURIComponent(value);
    } catch {
      return "notALink";
    }
  }
  return doorOf(mode, given);
}

function doorOf(mode, given) {
  const { knock, host, door, label = door, protocol } = given;
  const [, lo, hi] = /^(\d{1,5})-(\d{1,5})$/.exec(given.ports ?? "") ?? [];
  const secret = base32(given.secret ?? "");
  const whole = (name, least, most, otherwise) => {
    const text = given[name] ?? otherwise;
    return /^\d{1,15}$/.test(text) && text >= least && text <= most ? Number(text) : NaN;
  };
  const found = {
    mode,
    host,
    door,
    label,
    protocol,
    client: given.client ?? "",
    lo: Number(lo),
    hi: Number(hi),
    length: whole("length", 3, 32),
    period: whole("period", 1, 86400, "30"),
    window: whole("window", 0, 1000, "1"),
    counter: whole("counter", 0, 2 ** 48 - 1, "0"),
    then: safeLink(given.then),
  };
  const numbers = [found.lo, found.hi, found.length, found.period, found.counter];
  const right = knock === "v1" && isHost(host) && /^[\w.-]{1,64}$/.test(label ?? "") &&
    ["tcp", "udp", "mixed"].includes(protocol) && !numbers.some(Number.isNaN) &&
    found.lo >= 1 && found.hi <= 65535 && found.hi - found.lo + 1 >= 4 * found.length &&
    secret !== undefined && secret.length >= 16 && secret.length <= 64;
  if (!right) return "notALink";
  if (given.bind_source === "true") return "boundDoor";
  return { door: found, secret };
}

function isHost(host) {
  return /^[A-Za-z0-9._-]{1,253}$/.test(host ?? "") ||
    /^[0-9a-fA-F:.]{2,45}$/.test(host ?? "");
}

/** A link that is no script. */
function safeLink(link) {
  return link !== undefined && /^[a-z][a-z0-9+.-]*:/i.test(link) &&
      !/^\s*(javascript|data|vbscript|blob|file):/i.test(link)
    ? link
    : undefined;
}
