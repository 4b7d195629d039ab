/** The marks of mdoc(7), the language that manual pages are written in. */

/** Text as it is meant to be read: no character of it is a mark. */
export function plain(text: string): string {
  return text.replaceAll("\\", "\\e").replaceAll(/^([.'])/gm, "\\&$1");
}

/** Words of a macro's line: quoted, so that none of them is taken for a macro. */
export function word(text: string): string {
  return `"${plain(text).replaceAll('"', "\\(dq")}"`;
}

/** A page's head; pages bear the day of the release, so that a build repeats itself. */
export function head(name: string, section: number, date: string, summary: string) {
  return [
    `.Dd ${date}`,
    `.Dt ${name.toUpperCase()} ${section}`,
    ".Os",
    ".Sh NAME",
    `.Nm ${name}`,
    `.Nd ${plain(summary)}`,
  ];
}

/** A list of terms and what they mean. */
export function definitions(
  items: readonly (readonly [term: string, meaning: readonly string[]])[],
): string[] {
  const lines = items.flatMap(([term, meaning]) => [`.It ${term}`, ...meaning]);
  return items.length === 0 ? [] : [".Bl -tag -width Ds", ...lines, ".El"];
}

/** Lines that are shown as they are. */
export function literal(lines: readonly string[]): string[] {
  return [
    ".Bd -literal -offset indent",
    ...lines.map((line) => plain(line) || "\\&"),
    ".Ed",
  ];
}

const WIDEST = 78;

/** The lines as a page's text; what is long is broken between words, as mandoc likes it. */
export function page(lines: readonly string[]): string {
  let shownAsIs = false;
  const broken = lines.flatMap((line) => {
    if (line.startsWith(".Bd")) shownAsIs = true;
    if (line.startsWith(".Ed")) shownAsIs = false;
    return shownAsIs || line.startsWith(".") ? [line] : breakLine(line);
  });
  return `${broken.join("\n")}\n`;
}

function breakLine(line: string): string[] {
  const lines: string[] = [];
  let current = "";
  for (const each of line.split(" ")) {
    const longer = current === "" ? each : `${current} ${each}`;
    if (width(longer) <= WIDEST) current = longer;
    else {
      lines.push(current);
      // A line must not begin with a mark.
      current = /^[.']/.test(each) ? `\\&${each}` : each;
    }
  }
  return [...lines, current];
}

/** mandoc writes a letter beyond ASCII as `\\[u2026]` before it measures. */
function width(text: string): number {
  return text.replaceAll(/[^\0-~]/gu, "12345678").length;
}
