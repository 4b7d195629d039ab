/** A new secret for a client that there is: its old one is worth nothing afterwards. */

import { Failure, UsageError } from "../../core/failure.ts";
import { formatSecret, parseSecret } from "../../core/one_time/secret_text.ts";
import { replaceText } from "../../files/durable.ts";
import { readSource, type Source } from "../../files/source.ts";
import { besideConfig } from "../named_path.ts";
import { loadSource } from "../load.ts";
import { configError } from "../problems.ts";
import { whileEditing } from "./edit.ts";
import { didYouMean, noSuch, rotatingDoor } from "./enrollable_door.ts";
import type { Enrolled, EnrollRequest } from "./enroll.ts";
import { newEnrolment } from "./new_enrolment.ts";
import { MAX_SECRET_FILE_BYTES } from "../limits.ts";
import { otherWith } from "./secret_files.ts";
import { clientsIn } from "./toml_text.ts";

/** Which client gets a new secret, and where it knocks. */
export type RotateRequest = Pick<EnrollRequest, "config" | "door" | "client" | "host">;

/**
 * Puts a new secret into the file of a client, which keeps its place, its mode and its
 * owner. The config stays as it is. Throws a `Failure` where the file is not this
 * client's alone, and a `UsageError` where there is no such client.
 */
export function rotate(request: RotateRequest): Promise<Enrolled> {
  return whileEditing(request.config, async (source) => {
    const { config, problems } = await loadSource(source);
    if (config === undefined) throw configError(problems);
    const door = rotatingDoor(config.doors, request.door, source.path);
    const secretFile = ownFile(source, request);
    const enrolment = newEnrolment(door, request);
    replaceText(secretFile, oldText(secretFile), `${formatSecret(enrolment.secret)}\n`);
    return { enrolment, secretFile };
  });
}

/** The file in which this client's secret is, and no other's. */
function ownFile({ path, text }: Source, { door, client }: RotateRequest): string {
  const clients = clientsIn(text).get(door);
  if (clients === undefined || !clients.has(client)) {
    throw new UsageError(
      `${path}: ${noSuch("client", client)} of door ${door}`,
      didYouMean(client, clients?.keys() ?? []),
    );
  }
  const named = clients.get(client);
  if (named === undefined) {
    throw new Failure(
      `${path}: the secret of ${client} stands in the config itself`,
      `"knockd revoke ${door} ${client}", then enroll it: that gives it a file`,
    );
  }
  const file = besideConfig(named, path);
  const other = otherWith(file, { path, text }, { door, client });
  if (other === undefined) return file;
  throw new Failure(
    `${file}: ${other} has the same secret, and would be locked out`,
    "give each client a file of its own",
  );
}

function oldText(file: string): string {
  const source = readSource(file, { maxBytes: MAX_SECRET_FILE_BYTES });
  if (!("text" in source)) throw configError([source]);
  // The config may name any file, and this one is to be written over.
  if (typeof parseSecret(source.text) !== "string") return source.text;
  throw new Failure(`${file}: it holds no secret`, "look what it is before it is lost");
}
