/** The program's files as the rules of the house see them: what each imports and exports. */

/** The folder of the checkout. */
export const root = new URL("../../", import.meta.url);

export interface Import {
  /** The file, from the root. */
  readonly target: string;
  /** Names that are taken; `*` for all of them. */
  readonly names: readonly string[];
}

export interface Export {
  readonly name: string;
  /** Whether another export of the file has it in its own declaration. */
  readonly isNamedByAnother: boolean;
  /** Whether it is a type alone, which other exports may need to be understood. */
  readonly isType: boolean;
}

export interface Module {
  /** The file, from the root. */
  readonly path: string;
  readonly text: string;
  readonly imports: readonly Import[];
  /** Specifiers of packages. */
  readonly packages: readonly string[];
  /** What it declares, re-exports not included. */
  readonly exports: readonly Export[];
}

/** What of a syntax tree is looked at here. */
export interface Node {
  readonly type: string;
  readonly parent?: Node | null;
  // deno-lint-ignore no-explicit-any
  readonly [property: string]: any;
}

/** Hands every node of the given types to a visitor. */
export function visit(path: string, text: string, visitors: Visitors): void {
  const rule = { create: () => visitors } as unknown as Deno.lint.Rule;
  Deno.lint.runPlugin({ name: "house", rules: { rule } }, path, text);
}

/** Called with each node of a type. */
export type Visitors = Readonly<Record<string, (node: Node) => void>>;

/** Every file of the program that is shipped. */
export async function readProgram(): Promise<Module[]> {
  return [await read("main.ts"), ...await readAll("lib/"), ...await readAll("ffi/")];
}

/** Every file of a folder, its folders included. */
export async function readAll(folder: string): Promise<Module[]> {
  const found: Module[] = [];
  for await (const { name, isDirectory } of Deno.readDir(new URL(folder, root))) {
    if (isDirectory) found.push(...await readAll(`${folder}${name}/`));
    else if (name.endsWith(".ts")) found.push(await read(`${folder}${name}`));
  }
  return found;
}

async function read(path: string): Promise<Module> {
  return moduleOf(path, await Deno.readTextFile(new URL(path, root)));
}

/** What a text imports and exports. */
export function moduleOf(path: string, text: string): Module {
  const imports: Import[] = [];
  const packages: string[] = [];
  const declarations: Node[] = [];
  const mentions: Node[] = [];
  const take = (node: Node, names: string[]) => {
    const { value } = node["source"];
    if (!value.startsWith(".")) packages.push(value);
    else imports.push({ target: fromRoot(path, value), names });
  };
  visit(path, text, {
    ImportDeclaration: (node) => take(node, node["specifiers"].map(importedName)),
    ImportExpression: (node) => take(node, awaitedNames(node)),
    ExportAllDeclaration: (node) => take(node, ["*"]),
    ExportNamedDeclaration: (node) => {
      if (node["source"]) take(node, node["specifiers"].map(localName));
      else if (node["declaration"]) declarations.push(node);
    },
    Identifier: (node) => mentions.push(node),
  });
  return { path, text, imports, packages, exports: exportsOf(declarations, mentions) };
}

function exportsOf(declarations: readonly Node[], mentions: readonly Node[]): Export[] {
  return declarations.flatMap((own) =>
    declaredNames(own["declaration"]).map((name) => ({
      name,
      isType: /^TS(Interface|TypeAlias)/.test(own["declaration"].type),
      isNamedByAnother: mentions.some((node) =>
        node["name"] === name &&
        declarations.some((other) => other !== own && isWithin(node, other))
      ),
    }))
  );
}

function declaredNames(declaration: Node): string[] {
  const several: Node[] = declaration["declarations"] ?? [declaration];
  return several.flatMap(({ id }) => id?.name ?? []);
}

function isWithin(node: Node, other: Node): boolean {
  const [[from, to], [otherFrom, otherTo]] = [node["range"], other["range"]];
  return from >= otherFrom && to <= otherTo;
}

function importedName(specifier: Node): string {
  return specifier["imported"]?.name ?? "*";
}

function localName(specifier: Node): string {
  return specifier["local"].name;
}

/** The names in `const { name } = await import(…)`; all of them where it is used otherwise. */
function awaitedNames(node: Node): string[] {
  const target = node.parent?.parent?.["id"];
  if (target?.type !== "ObjectPattern") return ["*"];
  return target.properties.map((property: Node) => property["key"].name);
}

function fromRoot(path: string, specifier: string): string {
  return new URL(specifier, new URL(path, root)).href.slice(root.href.length);
}
