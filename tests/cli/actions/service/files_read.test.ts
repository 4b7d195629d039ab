import { deepEqual } from "node:assert/strict";
import { filesRead, ownFiles } from "../../../../lib/cli/actions/service/files_read.ts";

Deno.test("services: their user is to read what a fleet needs, too, and what lies elsewhere", async () => {
  const top = await Deno.makeTempDir();
  try {
    const config = `${top}/knock.toml`;
    Deno.mkdirSync(`${top}/secrets`);
    for (const name of ["fleet", "theirs"]) Deno.mkdirSync(`${top}/${name}`);
    const own = ["secrets/ssh.alice", "fleet/secret", "fleet/node.key"];
    const others = ["fleet/ca.key", "theirs/ca.crt"];
    for (const path of [...own, ...others]) Deno.writeTextFileSync(`${top}/${path}`, "");
    const named = `[fleet]
secret_file = "fleet/secret"
key = "${top}/fleet/node.key"
ca = "theirs/ca.crt"
`;
    Deno.writeTextFileSync(config, named);
    const below = (paths: string[]) => paths.map((path) => `${top}/${path}`).sort();
    deepEqual(filesRead(config).sort(), below(["knock.toml", "theirs/ca.crt", ...own]));
    deepEqual(
      ownFiles(config).sort(),
      below(["knock.toml", "secrets", "fleet", ...own]),
    );
  } finally {
    await Deno.remove(top, { recursive: true });
  }
});
