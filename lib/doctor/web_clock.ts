/** This machine's clock beside a web server's. */

import { innermostCause } from "../core/innermost_cause.ts";
import { UsageError } from "../core/failure.ts";
import { clockVerdict } from "./clock_verdict.ts";
import { type Examined, unknown } from "./finding.ts";

const PATIENCE_MS = 5000;

/** Asks for the server's headers alone; only an answer's Date is looked at. */
async function askForHeaders(url: string): Promise<Headers> {
  // Where it would send us on to may need a certificate, and with it a right clock.
  const { headers } = await fetch(url, {
    method: "HEAD",
    redirect: "manual",
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  return headers;
}

/**
 * Compares the clock with that of the server at `url`.
 *
 * @throws {UsageError} It is no address of a web server.
 */
export async function webClock(
  url: string,
  ask = askForHeaders,
  now = Date.now,
): Promise<Examined> {
  if (!/^https?:\/\/[^\s/]/.test(url) || !URL.canParse(url)) {
    throw new UsageError(
      `--clock ${JSON.stringify(url.slice(0, 60))} is no web server's address`,
      "--clock http://example.org",
    );
  }
  try {
    return clockVerdict((await ask(url)).get("date"), now());
  } catch (error) {
    return noAnswer(url, why(error));
  }
}

function noAnswer(url: string, why: string): Examined {
  const says = `${url} gave no answer: ${why}`;
  // Of a certificate that is over, or that is not valid yet, the clock may be the reason.
  return /certificate/i.test(why)
    ? unknown("clock", says, "ask by http://, which needs no certificate")
    : unknown("clock", says, "name another web server");
}

function why(error: unknown): string {
  const found = innermostCause(error);
  if (found.name === "TimeoutError") return `nothing came in ${PATIENCE_MS / 1000} s`;
  const [last = ""] = found.message.split(": ").slice(-1);
  return last.replace(/ \(os error \d+\)$/, "");
}
