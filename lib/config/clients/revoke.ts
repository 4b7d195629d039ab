/** Revocation: the end of one client of a door. */

import { Failure, orFailure, UsageError } from "../../core/failure.ts";
import { parseSecret } from "../../core/one_time/secret_text.ts";
import { clientsIn, removeClient } from "./toml_text.ts";
import { besideConfig } from "../named_path.ts";
import { removeFile } from "../../files/durable.ts";
import { replaceConfig, whileEditing } from "./edit.ts";
import { configError } from "../problems.ts";
import { didYouMean, noSuch } from "./enrollable_door.ts";
import { readSource, type Source } from "../../files/source.ts";
import { MAX_SECRET_FILE_BYTES } from "../limits.ts";
import { otherWith } from "./secret_files.ts";
import { readToml } from "../toml/read.ts";

/** What became of the secret of a client that was revoked. */
export interface Revoked {
  /** The file that it was in; none if it stood in the config. */
  readonly secretFile?: string;
  /** Why the file is still there. */
  readonly kept?: string;
}

/**
 * Takes a client out of the config, then removes its secret. The config need not be valid
 * before, so that a client whose secret is lost can be revoked; afterwards it has to be.
 */
export function revoke(path: string, door: string, client: string): Promise<Revoked> {
  return whileEditing(path, async (source) => {
    const { file, text } = withoutClient(source, door, client);
    await replaceConfig(source, text);
    if (file === undefined) return {};
    const secretFile = besideConfig(file, path);
    const kept = removeSecret(secretFile, path, text);
    return kept === undefined ? { secretFile } : { secretFile, kept };
  });
}

function withoutClient(
  { path, text }: Source,
  door: string,
  client: string,
): { file: string | undefined; text: string } {
  const draft = readToml(text, path);
  if (!("doors" in draft)) {
    throw configError([{ severity: "error", file: path, ...draft }]);
  }
  const doors = clientsIn(text);
  const clients = doors.get(door);
  if (clients === undefined) {
    throw new UsageError(
      `${path}: ${noSuch("door", door)}`,
      didYouMean(door, doors.keys()),
    );
  }
  const removal = removeClient(text, door, client);
  if (removal === undefined) {
    throw new UsageError(
      `${path}: ${noSuch("client", client)} of door ${door}`,
      didYouMean(client, clients.keys()),
    );
  }
  const file = clients.get(client);
  if ("text" in removal) return { file, text: removal.text };
  const also = file === undefined ? "" : ` and the file ${besideConfig(file, path)}`;
  throw new Failure(
    `${path}:${removal.inlineAt}: ${client} stands within the braces of an inline table, ` +
      "which can't be edited without you",
    `delete ${client} from this line${also}, then "knockd reload"`,
  );
}

/** Removes the file of a secret that nobody has any more, or says why it did not. */
function removeSecret(file: string, path: string, text: string): string | undefined {
  const source = readSource(file, { maxBytes: MAX_SECRET_FILE_BYTES });
  if (!("text" in source)) return source.message;
  // A config may name any file, and its owner may be about to find out which.
  if (typeof parseSecret(source.text) === "string") return "it holds no secret";
  const other = otherWith(file, { path, text });
  if (other !== undefined) return `${other} has the same`;
  return orFailure(() => removeFile(file))?.message;
}
