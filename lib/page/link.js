/** What stands behind the # of the page's address: an enrolment, and what comes after a knock. */

import { splitZone } from "../core/zone.ts";
import { readEnrolment } from "../library/enrolment.ts";

/**
 * Reads `otpauth://…`, with `&then=…` after it if wanted; gives the enrolment and the link,
 * or a word for what is wrong. No part of a mangled one is shown: it may be a part of the
 * secret.
 */
export function readLink(text) {
  const enrolment = enrolmentOf(text);
  if (enrolment === undefined) return "notALink";
  if (enrolment.otp.bindSource) return "boundDoor";
  if (splitZone(enrolment.host) !== undefined) return "linkLocal";
  return { enrolment, then: safeLink(text) };
}

function enrolmentOf(text) {
  try {
    return readEnrolment(text);
  } catch {
    return undefined;
  }
}

/** The link after `then=`, if it is no script. */
function safeLink(text) {
  const [, encoded] = /[?&]then=([^&\s]*)/.exec(text) ?? [];
  const link = encoded === undefined ? "" : decodeURIComponent(encoded);
  const isLink = /^[a-z][a-z0-9+.-]*:/i.test(link);
  return isLink && !/^(javascript|data|vbscript|blob|file|about):/i.test(link)
    ? link
    : undefined;
}
