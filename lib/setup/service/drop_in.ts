/** What a drop-in says that its unit says, too. */

/** What may be changed without harm to what the unit does. */
const HARMLESS = new Set(["Description", "Documentation", "Environment"]);

/** The settings of a drop-in that are the unit's, too. */
export function overridden(unit: ReadonlySet<string>, dropIn: string): string[] {
  return [...settingsOf(dropIn)].filter((name) => unit.has(name) && !HARMLESS.has(name));
}

/** The names of all that a unit sets. */
export function settingsOf(text: string): Set<string> {
  return new Set([...text.matchAll(/^[ \t]*(\w+)[ \t]*=/gm)].map(([, name]) => name!));
}
