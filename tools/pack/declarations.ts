/**
 * What TypeScript has to know of a module of the library: its declarations, with their
 * comments, and no code. It asks for plain modules, as `deno fmt` writes them: exported
 * interfaces, and exported functions that say what they return.
 */

/** The functions that a module exports. */
export function functionsOf(module: string): string[] {
  const heads = module.matchAll(/^export (?:async )?function (\w+)/gm);
  return [...heads].map(([, name = ""]) => name);
}

/** The text of the module's `.d.ts`. */
export function declarationsOf(module: string): string {
  const [top = ""] = /^\/\*\*[^]*?\*\/\n/.exec(module) ?? [];
  const parts = [...module.matchAll(EXPORTED)].map(declarationOf);
  const text = parts.join("\n");
  const key = /\bCryptoKey\b/.test(text) ? KEY : "";
  return [top + importsFor(text, module) + key, ...parts].join("\n");
}

/** Node's types have WebCrypto, and no global name for its keys as those of browsers do. */
const KEY = "type CryptoKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>;\n";

/** A comment, and the declaration that follows it, up to the brace that ends it. */
const EXPORTED =
  /^(?<comment>\/\*\*\n(?: \*.*\n)+|\/\*\* .*\n)export (?<text>[^]*?^}\n)/gm;
/** A function's head: from its name to what it returns. */
const HEAD = /^(?:async )?function (?<head>[^]*?): (?<returns>[^\n]+) \{\n/;

function declarationOf({ groups }: RegExpMatchArray): string {
  const { comment = "", text = "" } = groups ?? {};
  if (text.startsWith("interface ")) return `${comment}export ${text}`;
  const { head, returns } = HEAD.exec(text)?.groups ?? {};
  if (head === undefined) throw new Error(`no declaration can be made of ${text}`);
  return `${comment}export declare function ${head}: ${returns};\n`;
}

/** The types that the declarations use of the library's other modules. */
function importsFor(declarations: string, module: string): string {
  const lines = [...module.matchAll(/^import \{([^}]*)\} from "\.\/(\w+)\.ts";/gm)];
  return lines.map(([, names = "", file]) => {
    const types = names.split(",").flatMap((name) =>
      /^\s*type (\w+)\s*$/.exec(name)?.[1] ?? []
    ).filter((name) => new RegExp(`\\b${name}\\b`).test(declarations));
    if (types.length === 0) return "";
    return `import type { ${types.join(", ")} } from "./${file}.js";\n`;
  }).join("");
}
