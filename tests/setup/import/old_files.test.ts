import { deepEqual } from "node:assert/strict";
import { loadConfig, loadSource } from "../../../lib/config/load.ts";
import type { Door } from "../../../lib/core/door.ts";
import { tomlOf } from "../../../lib/setup/import/imported_config.ts";
import { copyOldFile, OLD_FILES } from "../../config/classic/old_files.ts";
import { inDirectory, lines } from "../../config/files.ts";

/** What a knock.toml has no words for, or that means nothing where it is not written. */
function asFarAsWritten({ again, failedStart: _, ...door }: Door) {
  return { ...door, ...door.stop && { again } };
}

for (const { name, said } of OLD_FILES) {
  if (said.some((line) => line.startsWith("error"))) continue;
  Deno.test(`a knockd.conf such as ${name} is the same once it is imported`, () =>
    inDirectory(async (directory) => {
      const { config, problems } = await loadConfig(copyOldFile(name, directory));
      const text = tomlOf(config!, problems);
      const path = `${directory}/knock.toml`;
      const imported = await loadSource({ path, text, mode: 0o600, owner: Deno.uid()! });
      deepEqual(lines(imported).filter((line) => line.startsWith("error")), []);
      deepEqual(
        imported.config!.doors.map(asFarAsWritten),
        config!.doors.map(asFarAsWritten),
      );
    }));
}
