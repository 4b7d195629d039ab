import { main } from "./lib/cli/main.ts";
import { programName } from "./lib/cli/program_name.ts";

Deno.exit(await main(Deno.args, programName()));
