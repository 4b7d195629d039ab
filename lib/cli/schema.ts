/** `knockd schema`: what knock.toml may hold, for editors. */

import { Command } from "@commander-js/extra-typings";
import { print } from "./terminal.ts";

export function schemaCommand(): Command {
  return new Command("schema")
    .description("print the JSON Schema of knock.toml, for editors")
    .addHelpText(
      "after",
      "\nExample: knockd schema > /etc/knockd/knock.schema.json, and as the first line of" +
        "\nknock.toml: #:schema ./knock.schema.json",
    )
    .action(async () => {
      const { jsonSchema } = await import("../config/toml/json_schema.ts");
      print(JSON.stringify(jsonSchema(), undefined, 2));
    }) as unknown as Command;
}
