import { deepEqual, ok } from "node:assert/strict";
import { type Node, readProgram, visit } from "./modules.ts";

const FLEET = "server/fleet/";

/** What a file has loaded as soon as it is loaded itself. */
function loadedBy(path: string, text: string): string[] {
  const found: string[] = [];
  const take = (node: Node) => {
    const names: Node[] = node["specifiers"] ?? [];
    const isType = node["importKind"] === "type" || node["exportKind"] === "type" ||
      names.length > 0 && names.every((name) => name["importKind"] === "type");
    const source = node["source"]?.value;
    if (source?.startsWith(".") && !isType) {
      found.push(new URL(source, `file:///${path}`).pathname.slice(1));
    }
  };
  visit(path, text, {
    ImportDeclaration: take,
    ExportAllDeclaration: take,
    ExportNamedDeclaration: take,
  });
  return found;
}

Deno.test("without a fleet in the config nothing of fleets is loaded", async () => {
  const program = await readProgram();
  const others = program.filter(({ path }) => !path.includes(FLEET));
  const loaders = others.filter(({ path, text }) =>
    loadedBy(path, text).some((target) => target.includes(FLEET))
  );
  // It runs for those who type `knockd fleet`, and is loaded then.
  const [action, door] = ["lib/cli/actions/fleet.ts", "lib/server/shared_doors.ts"];
  deepEqual(loaders.map(({ path }) => path), [action]);
  const theirs = others.flatMap(({ path, text }) =>
    loadedBy(path, text).includes(action) ? [path] : []
  );
  deepEqual(theirs, []);
  // Where the daemon does, it has looked for a fleet before.
  const { text } = program.find(({ path }) => path === door)!;
  ok(/if \(settings === undefined\) return;\s+const \{ joinFleet \}/.test(text));
});
