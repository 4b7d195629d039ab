/** Values that are empty, as of a variable of the shell that is not set: they mean nothing. */

import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import { UsageError } from "../core/failure.ts";

/**
 * Refuses what would be taken for the current directory, or for no name at all.
 *
 * @throws {UsageError} naming the first option or argument that is empty
 */
export function refuseEmpty(command: CommandUnknownOpts): void {
  for (const option of command.options) {
    const value: unknown = command.getOptionValue(option.attributeName());
    if (![value].flat().includes("")) continue;
    throw empty(`option '${option.flags}'`, option.mandatory);
  }
  for (const [index, argument] of command.registeredArguments.entries()) {
    if (!argument.variadic && command.processedArgs[index] === "") {
      throw empty(`argument '${argument.name()}'`, argument.required);
    }
  }
}

function empty(what: string, isNeeded: boolean): UsageError {
  const hint = isNeeded ? "say what it is" : "leave it out, or say what it is";
  return new UsageError(`${what} is empty`, hint);
}
