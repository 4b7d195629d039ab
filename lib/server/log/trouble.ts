/**
 * What troubles the daemon, a lease or the fleet while it goes on, and the words for it.
 */

import type { Outdated } from "../../config/changed_for_clients.ts";
import type { Changed } from "../../config/changed.ts";
import { Failure, orFailure } from "../../core/failure.ts";
import { plural } from "../../core/plural.ts";
import { someOf } from "../../core/some_of.ts";

/** Something does not work, and what it was for is not done. */
export type Trouble =
  /** In the words of what failed. */
  | { readonly kind: "failure"; readonly why: string }
  /** A file of one-time sequences can't be read or marked. */
  | { readonly kind: "list shut"; readonly door: string; readonly why: string }
  /** What a client has used can't be known. */
  | { readonly kind: "client shut" } & Whose & { readonly why: string }
  /** The file of what a node owes its fleet can't be read. */
  | { readonly kind: "facts in memory"; readonly why: string }
  | { readonly kind: "not reloaded" };

/** Something works, but not as its owner may think. */
export type Warning =
  | { readonly kind: "list empty" | "list in order" } & Listed
  /** A door gets more first ports of bound knocks than sequences may be derived for. */
  | { readonly kind: "beginnings"; readonly door: string }
  | { readonly kind: "beginnings ignored"; readonly count: number }
  /** An option that a reload can't change. */
  | { readonly kind: "takes a restart"; readonly option: string }
  /** Clients were enrolled with what their door has no more. */
  | { readonly kind: "takes an enrolment" } & Outdated;

interface Whose {
  readonly door: string;
  readonly client: string;
}

interface Listed {
  readonly door: string;
  readonly path: string;
}

/** What something gives; nothing where it fails, which is said. */
export function orTrouble<T>(
  report: { trouble(what: Trouble): void },
  act: () => T,
): T | undefined {
  const given = orFailure(act);
  if (!(given instanceof Failure)) return given;
  return void report.trouble({ kind: "failure", why: given.message });
}

/** What a change of the config leaves to be done; an older daemon tells less of it. */
export function changeWarnings(
  { takesRestart = [], takesEnrolment = [] }: Partial<Changed>,
): Warning[] {
  return [
    ...takesRestart.map((option) => ({ kind: "takes a restart", option }) as const),
    ...takesEnrolment.map((who) => ({ kind: "takes an enrolment", ...who }) as const),
  ];
}

export function troubleWords(what: Trouble | Warning): string {
  switch (what.kind) {
    case "failure":
      return what.why;
    case "list shut":
      return `${what.door}: ${what.why}; the door stays shut until it can be`;
    case "list empty":
      return `${what.door}: no sequence is left in ${what.path}; the door stays shut`;
    case "list in order":
      return `${what.door}: ${what.path} is in order again`;
    case "client shut":
      return `${what.door}: ${what.client}: ${what.why}; ` +
        "the door stays shut for this client";
    case "facts in memory":
      return `${what.why}; going on without it`;
    case "not reloaded":
      return "the config was not read again; the old one stays in force";
    case "takes a restart":
      return `${what.option} has changed: that takes a restart`;
    case "takes an enrolment":
      return `${what.door}: clients enrolled with ${
        what.enrolledWith.join(", ")
      } knock ` +
        `in vain now: ${
          someOf(what.clients, NAMED)
        }; set that again, or enroll them anew (--rotate)`;
    case "beginnings":
      return `${what.door}: too many knocks on bound doors begin at once; ` +
        "some are ignored";
    case "beginnings ignored":
      return `${plural(what.count, "beginning")} on bound doors ` +
        `${what.count === 1 ? "was" : "were"} ignored`;
  }
}

const NAMED = 5;
