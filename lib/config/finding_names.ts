/**
 * The names of all that may be said of a door that is right: docs/advice.md explains each, and
 * `ignore_advice` takes them. A name that was given once stays.
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
  "ignored-port": "unwise",
  "allows-all": "unsafe",
  "does-nothing": "unsafe",
  "no-clients": "unsafe",
  "no-sequence-left": "unsafe",
  "unread-sequence": "unwise",
  "useless-timeout": "unwise",
  "useless-label": "unwise",
  "useless-alone": "unwise",
  "counter-alone": "unsafe",
} as const satisfies Record<string, AdviceSeverity>;

/** Advice that follows from the config alone. */
const CONFIG_ADVICE = {
  "opens-for-all": "unsafe",
  "never-closes": "unsafe",
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
const FINDINGS = { ...WARNINGS, ...ADVICE };

/** The name of a warning. */
export type WarningName = keyof typeof WARNINGS;
/** The name of a piece of advice, of one severity or of any. */
export type AdviceName<Of extends AdviceSeverity = AdviceSeverity> = {
  [Name in keyof typeof ADVICE]: typeof ADVICE[Name] extends Of ? Name : never;
}[keyof typeof ADVICE];
/** The name of either. */
export type FindingName = keyof typeof FINDINGS;

/** All of them, warnings first. */
export const FINDING_NAMES = Object.keys(FINDINGS) as readonly FindingName[];

/** Whether a word is one of them. */
export function isFindingName(word: string): word is FindingName {
  return Object.hasOwn(FINDINGS, word);
}

/** How grave it is. */
export function severityOf(name: FindingName): AdviceSeverity {
  return FINDINGS[name];
}

/** Whether it depends on more than the config: it may be said here, or today, alone. */
export function comesAndGoes(name: FindingName): boolean {
  return name in MACHINE_ADVICE || name === "no-sequence-left" ||
    name === "unread-sequence";
}
