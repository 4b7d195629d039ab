/**
 * A line that was pasted where it does not belong is quoted in the error, and errors end
 * up in logs and bug reports.
 */

/** The text, without what an otpauth URI in it keeps secret, escaped as often as it may be. */
export function withoutSecrets(text: string): string {
  return text.replace(/(secret(?:=|%(?:25)*3D))[^\s&"'#%]+/gi, "$1…");
}
