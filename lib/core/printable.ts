/** Text that may be shown, on a terminal or in a log, whoever wrote it. */

/** Control characters, line separators, and what reverses the order of text. */
const CONTROLS = /[\p{Cc}\u2028-\u202e\u2066-\u2069]/gu;

/** Shows control characters as `\n`, `\x1b` or `\u202e`. */
export function escapeControls(text: string): string {
  return text.replace(CONTROLS, (character) => {
    if (character === "\n") return "\\n";
    const code = character.charCodeAt(0);
    return code < 256 ? `\\x${code.toString(16).padStart(2, "0")}` : unicode(character);
  });
}

/** The same for what has to stay JSON, which knows no `\x1b`. */
export function escapeControlsInJson(json: string): string {
  return json.replace(CONTROLS, unicode);
}

/** Longer than any word of ours, shorter than any secret that slipped into its place. */
const MAX_QUOTED = 24;

/** A word that is wrong, as an error shows it: one that may be a secret is not shown. */
export function quoted(word: string): string {
  return word.length > MAX_QUOTED
    ? `a text of ${word.length} characters`
    : JSON.stringify(word);
}

function unicode(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
