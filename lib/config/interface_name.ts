/** Names that can't be an interface's, and what was meant. */

/** What is wrong with a name, and what to write instead. */
export interface NameProblem {
  readonly message: string;
  readonly hint: string;
}

const NOTHING = "leave it out to listen where the default route goes";

const QUOTE = `["'“”„‘’]`;
/** One end at a time, and a run of quotes from its first on. */
const OUTER_QUOTES = new RegExp(`^${QUOTE}+|(?<!${QUOTE})${QUOTE}+$`, "gu");

/**
 * What is wrong with the name of an interface, if anything. `several` says how the format
 * writes more than one.
 */
export function interfaceProblem(
  name: string,
  several: (names: readonly string[]) => string,
): NameProblem | undefined {
  if (name === "") {
    return { message: "the name of the interface is empty", hint: NOTHING };
  }
  const bare = name.replace(OUTER_QUOTES, "").trim();
  if (bare !== name && (bare === "" || isValid(bare))) return withoutQuotes(bare);
  const [own = "", peer] = name.split("@");
  if (peer !== undefined && isValid(own)) {
    const message = `what follows the @ is the other end, as "ip link" shows it`;
    return { message, hint: `the interface is ${own}` };
  }
  const names = severalNames(name);
  if (names !== undefined) {
    return { message: "this is more than one interface", hint: several(names) };
  }
  return isValid(name) ? undefined : {
    message: "an interface has up to 15 characters without spaces and slashes",
    hint: 'a name that "ip link" lists first',
  };
}

/** The names in a text that has several, between commas or spaces. */
export function severalNames(text: string): string[] | undefined {
  const names = text.split(/[\s,;]+/).filter((part) => part !== "");
  return names.length > 1 && names.every(isValid) ? names : undefined;
}

/** What is wrong with a name because of the others. */
export function besideOthers(
  names: readonly string[],
  index: number,
): Pick<NameProblem, "message"> | undefined {
  const name = names[index]!;
  if (names.indexOf(name) < index) return { message: `${name} is named twice` };
  if (name !== "any" || names.length === 1) return undefined;
  return { message: '"any" is all interfaces; nothing can be beside it' };
}

function withoutQuotes(bare: string): NameProblem {
  const message = "the quotes are taken for a part of the name";
  return { message, hint: bare === "" ? NOTHING : `write ${bare} without them` };
}

/** Linux's own rule, dev_valid_name(): 15 bytes without space and slash. */
function isValid(name: string): boolean {
  return /^[^\s/\p{C}]{1,15}$/u.test(name) && name !== "." && name !== "..";
}
