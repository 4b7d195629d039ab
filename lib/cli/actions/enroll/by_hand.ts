/** Lines of a client that only a human can add to a config. */

import type { ByHand } from "../../../config/clients/enroll.ts";
import { Failure } from "../../../core/failure.ts";
import { printError } from "../../terminal.ts";

/** Shows the lines, and where they belong. */
export function showByHand({ lines, where }: ByHand, config: string): void {
  printError(`\nAdd this, ${where} of ${config}:\n\n${lines}\n`);
}

/** How a command ends that has not made the client known. */
export function unchangedConfig(config: string, then: string): Failure {
  return new Failure(
    `${config} was not changed: an inline table can't be added to without you`,
    then,
  );
}
