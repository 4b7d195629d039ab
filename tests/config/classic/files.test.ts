import { deepEqual } from "node:assert/strict";
import { loadConfig } from "../../../lib/config/load.ts";
import { inDirectory, lines } from "../files.ts";
import { copyOldFile, namesInFolder, OLD_FILES } from "./old_files.ts";

Deno.test("every file of the kinds that people have is in the table", () => {
  deepEqual(OLD_FILES.map(({ name }) => name).toSorted(), namesInFolder().toSorted());
});

for (const { name, said } of OLD_FILES) {
  const refused = said.some((line) => line.startsWith("error"));
  Deno.test(`a knockd.conf such as ${name} ${refused ? "gets its fix" : "runs"}`, () =>
    inDirectory(async (directory) => {
      const loaded = await loadConfig(copyOldFile(name, directory));
      const found = lines(loaded).map((line) => line.replace(`${name}.conf:`, ""));
      deepEqual(found, said);
      deepEqual(loaded.config === undefined, refused);
    }));
}
