/**
 * The names of all that may be said of a config that is right: docs/advice.md explains each.
 * A name that was given once stays.
 */

/** `unsafe` where a door would stay shut, or stand open for whom it should not. */
export type AdviceSeverity = "unsafe" | "unwise";

/** Warnings: said where they stand in the file, by a daemon that starts, too. */
const WARNINGS = {
  "no-placeholder": "unsafe",
  "copied-text": "unsafe",
  "killed-asleep": "unsafe",
  "one-port": "unwise",
  "same-knock": "unwise",
  "syn-and-ack": "unwise",
  "weak": "unwise",
  "spent-by-scan": "unwise",
  "ignored-port": "unwise",
  "allows-all": "unsafe",
  "does-nothing": "unsafe",
  "no-clients": "unsafe",
  "no-sequence-left": "unsafe",
  "unread-sequence": "unwise",
  "repeated-sequence": "unsafe",
  "shared-list": "unsafe",
  "shared-secret": "unsafe",
  "useless-timeout": "unwise",
  "useless-label": "unwise",
  "useless-alone": "unwise",
  "counter-alone": "unsafe",
} as const satisfies Record<string, AdviceSeverity>;

/** Warnings on the file as a whole: there is no door that could ignore them. */
const FILE_WARNINGS = {
  "absent-interface": "unwise",
  "no-door": "unwise",
  "nothing-shared": "unwise",
} as const satisfies Record<string, AdviceSeverity>;

/** Advice that follows from the config alone. */
const CONFIG_ADVICE = {
  "opens-for-all": "unsafe",
  "never-closes": "unsafe",
  "shut-by-kernel": "unsafe",
  "open-close-pair": "unwise",
  "met-by-scan": "unwise",
  "met-by-random-scan": "unwise",
  "busy-port": "unwise",
  "iptables-without-wait": "unwise",
  "ipv4-command": "unwise",
  "hidden-by-the-unit": "unwise",
} as const satisfies Record<string, AdviceSeverity>;

/** Advice that follows from the machine, too. */
const MACHINE_ADVICE = {
  "served-port": "unwise",
  "no-such-program": "unsafe",
  "anybodys-program": "unsafe",
  "dropped-elsewhere": "unsafe",
  "no-established-rule": "unsafe",
} as const satisfies Record<string, AdviceSeverity>;

const ADVICE = { ...CONFIG_ADVICE, ...MACHINE_ADVICE };
const DOOR_FINDINGS = { ...WARNINGS, ...ADVICE };
const FINDINGS = { ...DOOR_FINDINGS, ...FILE_WARNINGS };

export type WarningName = keyof typeof WARNINGS | keyof typeof FILE_WARNINGS;
/** The name of a piece of advice, of one severity or of any. */
export type AdviceName<Of extends AdviceSeverity = AdviceSeverity> = {
  [Name in keyof typeof ADVICE]: typeof ADVICE[Name] extends Of ? Name : never;
}[keyof typeof ADVICE];
/** The name of either. */
export type FindingName = keyof typeof FINDINGS;

/** The name of what is said of a door: `ignore_advice` takes these. */
export type DoorFindingName = keyof typeof DOOR_FINDINGS;

/** All of them. */
export const FINDING_NAMES = Object.keys(FINDINGS) as readonly FindingName[];
/** Those that are said of doors, warnings first. */
export const DOOR_FINDING_NAMES = Object.keys(
  DOOR_FINDINGS,
) as readonly DoorFindingName[];

/** Whether a word is one of them. */
export function isFindingName(word: string): word is FindingName {
  return Object.hasOwn(FINDINGS, word);
}

/** Whether a word is the name of what is said of a door. */
export function isDoorFindingName(word = ""): word is DoorFindingName {
  return Object.hasOwn(DOOR_FINDINGS, word);
}

export function severityOf(name: FindingName): AdviceSeverity {
  return FINDINGS[name];
}

/** Whether it depends on more than the config: it may be said here, or today, alone. */
export function comesAndGoes(name: FindingName): boolean {
  return name in MACHINE_ADVICE || name.endsWith("-sequence") ||
    name === "no-sequence-left";
}
