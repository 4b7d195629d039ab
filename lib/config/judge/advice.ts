/** What may be unwise about a door that is right. */

import type { Door } from "../../core/door.ts";
import type { AdviceName, AdviceSeverity } from "../finding_names.ts";

export interface Advice {
  /** Its name, by which it is found in the docs. */
  readonly name: AdviceName;
  readonly severity: AdviceSeverity;
  /** The door that it is about. */
  readonly door: string;
  readonly message: string;
  readonly hint: string;
}

/** What may be said of a door; whoever asks knows which door. */
export type Remark = Omit<Advice, "door">;

/** Looks at a door for one thing, or at each of its commands. */
export type Adviser = (door: Door) => Remark | undefined | (Remark | undefined)[];

/** A remark on what works, and could be better. */
export function unwise(
  name: AdviceName<"unwise">,
  message: string,
  hint: string,
): Remark {
  return { name, severity: "unwise", message, hint };
}

/** A remark on what would keep a door shut, or leave it open. */
export function unsafe(
  name: AdviceName<"unsafe">,
  message: string,
  hint: string,
): Remark {
  return { name, severity: "unsafe", message, hint };
}

/** What the judges say of the doors, in the doors' order, and nothing twice. */
export function remarksOn(doors: readonly Door[], judges: readonly Adviser[]): Advice[] {
  return doors.flatMap((door) => {
    const remarks = judges.flatMap((judge) => judge(door))
      .filter((said) => said !== undefined);
    const once = new Map(remarks.map((said) => [`${said.name} ${said.message}`, said]));
    return [...once.values()].map((remark) => ({ door: door.name, ...remark }));
  });
}
