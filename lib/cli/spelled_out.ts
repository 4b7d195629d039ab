/** Long options that are cut short, as getopt_long(3) takes them of knockd 0.8's users. */

/** The words with each `--conf` that begins one name alone as `--config`. */
export function spelledOut(
  args: readonly string[],
  names: readonly string[],
): string[] {
  const end = args.indexOf("--");
  return args.map((word, index) => {
    const [, begun, value = ""] = /^--([^=]+)(=[^]*)?$/.exec(word) ?? [];
    if (begun === undefined || end >= 0 && index > end) return word;
    const meant = names.filter((name) => name.startsWith(begun));
    return meant.length === 1 && !names.includes(begun) ? `--${meant[0]}${value}` : word;
  });
}
