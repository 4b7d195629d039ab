/**
 * Clients written into the text of a knock.toml, and out of it again. Every byte that is
 * not about the client stays as it is.
 */

import { parse, stringify, TomlError } from "smol-toml";
import { type AST, parseTOML } from "toml-eslint-parser";
import type { Path } from "../problems.ts";
import { isTable } from "../toml/shape.ts";
import { tomlKey } from "../toml/key.ts";

/** A client of a door, and where its secret is. */
export interface ClientEntry {
  readonly door: string;
  readonly client: string;
  /** Absolute path of its secret. */
  readonly secretFile: string;
}

/** The lines that make a client known, to be added anywhere between two tables. */
export function clientTable({ door, client, secretFile }: ClientEntry): string {
  const clients = { [client]: { secret_file: secretFile } };
  return stringify({ doors: { [door]: { clients } } }).trimEnd();
}

/** The same within the braces of an inline table of clients. */
export function inlineClient({ client, secretFile }: ClientEntry): string {
  return `${tomlKey(client)} = { ${stringify({ secret_file: secretFile }).trimEnd()} }`;
}

/**
 * The text with a client at its end, after an empty line; `undefined` where TOML has no
 * place for it there, the door being written as an inline table.
 */
export function appendClient(text: string, entry: ClientEntry): string | undefined {
  const eol = text.includes("\r\n") ? "\r\n" : "\n";
  const table = clientTable(entry).replaceAll("\n", eol);
  // A file without a newline at its end stays one, so that removing restores it.
  const added = text.endsWith("\n")
    ? `${text}${eol}${table}${eol}`
    : `${text}${eol}${eol}${table}`;
  try {
    parse(added);
    return added;
  } catch (error) {
    if (error instanceof TomlError) return undefined;
    throw error;
  }
}

/** A text without a client, or the line from which only a human can take it. */
export type Removal = { readonly text: string } | { readonly inlineAt: number };

/** The secret files of all clients, by door and client. */
export function clientsIn(text: string): Map<string, Map<string, string | undefined>> {
  const { doors } = parse(text, { useLegacyDate: false });
  return new Map(
    tablesIn(doors).map(([door, { clients }]) => {
      const files = tablesIn(clients).map(([client, { secret_file: file }]) =>
        [client, typeof file === "string" ? file : undefined] as const
      );
      return [door, new Map(files)];
    }),
  );
}

function tablesIn(value: unknown): [name: string, table: Record<string, unknown>][] {
  if (!isTable(value)) return [];
  return Object.entries(value).map((
    [name, table],
  ) => [name, isTable(table) ? table : {}]);
}

/** Takes a client out of a valid TOML text; `undefined` if it is not in it. */
export function removeClient(
  text: string,
  door: string,
  client: string,
): Removal | undefined {
  const parts = partsOf(text, ["doors", door, "clients", client]);
  if (parts.length === 0) return undefined;
  const inline = parts.find((part) => part.inline);
  if (inline) return { inlineAt: inline.node.loc.start.line };
  const lines = text.split(/(?<=\n)/);
  const gone = new Set<number>();
  for (const { node } of parts) {
    const { start, end } = node.loc;
    for (let line = start.line; line <= end.line; line++) gone.add(line - 1);
    const above = start.line - 2;
    if (node.type === "TOMLTable" && lines[above]?.trim() === "") gone.add(above);
  }
  const kept = lines.filter((_, index) => !gone.has(index)).join("");
  const last = lines.length - 1;
  const newlineWasAdded = gone.has(last) && !lines[last]?.endsWith("\n");
  return { text: newlineWasAdded ? kept.replace(/\r?\n$/, "") : kept };
}

/** A statement about what is looked for, or a key within an inline table. */
interface Part {
  readonly node: AST.TOMLTable | AST.TOMLKeyValue;
  readonly inline: boolean;
}

function partsOf(text: string, wanted: Path): Part[] {
  const [root] = parseTOML(text, { tomlVersion: "1.1" }).body;
  return root.body.flatMap((node): Part[] => {
    if (node.type === "TOMLKeyValue") return partsIn([], node, wanted, false);
    if (startsWith(node.resolvedKey, wanted)) return [{ node, inline: false }];
    return node.body.flatMap((child) => partsIn(node.resolvedKey, child, wanted, false));
  });
}

function partsIn(
  parent: Path,
  node: AST.TOMLKeyValue,
  wanted: Path,
  inline: boolean,
): Part[] {
  const keys = node.key.keys.map((key) => key.type === "TOMLBare" ? key.name : key.value);
  const path = [...parent, ...keys];
  if (startsWith(path, wanted)) return [{ node, inline }];
  const { value } = node;
  if (value.type !== "TOMLInlineTable" || !startsWith(wanted, path)) return [];
  return value.body.flatMap((child) => partsIn(path, child, wanted, true));
}

function startsWith(path: Path, beginning: Path): boolean {
  return beginning.every((part, index) => path[index] === part);
}
