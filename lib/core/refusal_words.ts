/** What a user is told about a knock that opened nothing: every word of it is here. */

import type { Knock } from "./door.ts";
import { secondOf } from "./local_time.ts";
import type { Refusal } from "./refusal.ts";
import { formatKnock, formatSequence } from "./sequence.ts";

/** Why knocks opened nothing, in few words: for counts. */
export const REFUSAL_LABELS: Readonly<Record<Refusal["kind"], string>> = {
  slow: "too slow: the hits lie too far apart",
  foreign: "other ports were hit meanwhile",
  late: "read too late",
  incomplete: "not complete",
  order: "ports in the wrong order",
  protocol: "a port by the wrong protocol",
  missing: "a port did not come",
  proof: "a packet with a wrong proof",
  "late packet": "a packet read too late",
  scan: "a scan",
  used: "used already",
  "new journal": "a step that a new journal does not know",
  future: "spent by a clock that was ahead",
  clock: "the client's clock is off",
};

/** Why a knock opened nothing, as the end of a line. */
export function refusalWords(refusal: Refusal): string {
  switch (refusal.kind) {
    case "slow":
      return `the sequence is complete, but it took ${seconds(refusal.elapsed)} s, ` +
        `the door allows less than ${refusal.allowed}`;
    case "foreign":
      return `the sequence is complete, but ${refusal.ports} other ports were hit ` +
        `meanwhile, the door tolerates ${refusal.tolerated}`;
    case "late":
      return "the sequence is complete, but a packet waited to be read for longer than " +
        `the ${refusal.allowed} s that the door allows`;
    case "incomplete":
      return incomplete(refusal);
    case "order":
      return `${formatKnock(refusal.first)} came before ` +
        numbered(refusal.before, refusal.nth);
    case "protocol":
      return wrongProtocol(refusal.expected.port, refusal.expected.protocol);
    case "missing":
      return missing(refusal);
    case "proof":
      return "the packet's proof is wrong: it was changed, or made for another address";
    case "late packet":
      return `the packet waited to be read for longer than the ${refusal.allowed} s that ` +
        "the door allows";
    case "scan":
      return `${refusal.others} other packets came amid the sequence: a scan, nothing is ` +
        "spent";
    case "used":
      return refusal.orLater
        ? "this sequence, or a later one, was used already"
        : "the sequence was used already";
    case "new journal":
      return `the journal is new: ${countingFrom(refusal.from, refusal.now)}`;
    case "future":
      return future(refusal);
    case "clock":
      return clock(refusal);
  }
}

/** `one-time knocks count from 08:00:30, in 13 s`; both in Unix milliseconds. */
export function countingFrom(from: number, now: number): string {
  const [day, time] = secondOf(from).split(" ");
  const isToday = secondOf(now).startsWith(day!);
  const seconds = Math.ceil((from - now) / 1000);
  const when = isToday ? time! : `${day} ${time}`;
  return `one-time knocks count from ${when}${seconds > 0 ? `, in ${seconds} s` : ""}`;
}

function wrongProtocol(port: number, expected: "tcp" | "udp"): string {
  return `${port} came by ${expected === "tcp" ? "udp" : "tcp"} and is ${expected} here`;
}

function incomplete({ came, length, missing }: Refusal & { kind: "incomplete" }): string {
  const names = missing === undefined ? "" : `, ${formatSequence(missing)} did not`;
  return `${came} of ${length} ports came${names}`;
}

function missing({ expected, nth, instead }: Refusal & { kind: "missing" }): string {
  const did = instead === undefined ? "" : `${formatKnock(instead)} came and `;
  return `${did}${numbered(expected, nth)} did not${
    instead === undefined ? " come" : ""
  }`;
}

/** `7000`, or `the 2nd 7000`. */
function numbered(knock: Knock, nth?: number): string {
  if (nth === undefined) return formatKnock(knock);
  const isTeen = nth > 10 && nth < 14;
  const ending = isTeen ? "th" : ["th", "st", "nd", "rd"][nth % 10] ?? "th";
  return `the ${nth}${ending} ${formatKnock(knock)}`;
}

function future(
  { door, client, spent, shared }: Refusal & { kind: "future" },
): string {
  const when = new Date(spent).toISOString().slice(0, 16).replace("T", " ");
  const help = shared
    ? `wait until then, or give ${client} a new secret`
    : `run: knockd resync ${door} ${client}`;
  return `the step that was spent last lies in the future, at ${when} UTC: a clock was ` +
    `ahead; if this one is right, ${help}`;
}

function clock({ client, ahead, allowed }: Refusal & { kind: "clock" }): string {
  const way = ahead > 0 ? "ahead" : "behind";
  const off = Math.round(Math.abs(ahead));
  return `${client}'s clock is about ${off} s ${way}; the door allows ${allowed}`;
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(1);
}
