import assert from "node:assert/strict";
import { main } from "../../lib/cli/main.ts";
import { outcomeOf } from "./program.ts";

const PAGES = ["knockd.8", "knock.1", "knock.toml.5", "knockd-protocol.7"];

async function output(argv: readonly string[]): Promise<string> {
  const [program, ...args] = argv;
  const { stdout, stderr } = await new Deno.Command(program!, { args }).output();
  return new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
}

for (const page of PAGES) {
  Deno.test(`mandoc has nothing to say against ${page}`, async () => {
    const directory = await Deno.makeTempDir();
    try {
      const file = `${directory}/${page}`;
      await Deno.writeTextFile(file, (await outcomeOf(() => main(["man", page]))).stdout);
      const lint = await output(["mandoc", "-Tlint", file]);
      // Whether other pages are installed is not the page's fault.
      const said = lint.split("\n").filter((line) =>
        line !== "" && !/referenced manual not found|mandoc\.db/.test(line)
      );
      assert.deepEqual(said, []);
      assert.match(await output(["mandoc", "-Thtml", file]), /id="NAME"/);
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  });
}
