/** `deno task page-script`: makes the script of the phone's page anew. */

import { writePageScript } from "./build/page_script.ts";

await writePageScript();
