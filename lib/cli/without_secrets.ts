/**
 * A line that was pasted where it does not belong is quoted in the error, and errors end
 * up in logs and bug reports.
 */

/** The text, without what an otpauth URI in it keeps secret. */
export function withoutSecrets(text: string): string {
  return text.replace(/\b(secret=)[^\s&"'#]+/gi, "$1…");
}
