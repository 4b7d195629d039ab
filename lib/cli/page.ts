/** `knockd page`: a page that knocks, for phones. */

import { Command } from "@commander-js/extra-typings";
import { asciiHost } from "../core/ascii_host.ts";
import { Failure, UsageError } from "../core/failure.ts";
import { reason } from "../files/reason.ts";
import { print } from "./terminal.ts";

export function pageCommand(): Command {
  return new Command("page")
    .description("print a page that knocks from a phone's browser")
    .option("--host <name>", "the only host that the page may knock at")
    .option("--dir <dir>", "write the page and what lets a phone install it into DIR")
    .addHelpText(
      "after",
      "\nExample: knockd page > knock.html, then" +
        "\n  knockd enroll ssh alice --host HOST --page https://example.org/knock.html",
    )
    .action(async ({ host: named, dir }) => {
      const host = named === undefined ? undefined : asciiHost(named);
      if (host !== undefined) checkHost(host);
      const { pageHtml, servedFiles } = await import("../page/page.ts");
      const options = host === undefined ? {} : { host };
      if (dir === undefined) return print((await pageHtml(options)).trimEnd());
      writeFiles(dir, await servedFiles(options));
    }) as unknown as Command;
}

/** What stands in the page's policy must be a host, and nothing beside it. */
function checkHost(host: string): void {
  if (/^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/.test(host)) return;
  if (/^[0-9a-f:.]{2,45}$/i.test(host)) {
    throw new UsageError(
      "--host is an IPv6 address, which no browser knows in a page's policy",
      "give a name for it, or leave --host out",
    );
  }
  throw new UsageError(
    "--host is no host name and no address",
    "--host gate.example.org",
  );
}

function writeFiles(dir: string, files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) {
    try {
      Deno.mkdirSync(dir, { recursive: true });
      Deno.writeTextFileSync(`${dir}/${name}`, text);
    } catch (error) {
      throw new Failure(`${dir}/${name} can't be written: ${reason(error)}`);
    }
    print(`${dir}/${name}`);
  }
}
