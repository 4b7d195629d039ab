/** Enrolment: a new client of a door, with a secret of its own. */

import type { OtpDoor } from "../../core/door.ts";
import type { Enrolment } from "../../core/one_time/enrolment.ts";
import { Failure, UsageError } from "../../core/failure.ts";
import { formatSecret } from "../../core/one_time/secret_text.ts";
import {
  appendClient,
  type ClientEntry,
  clientTable,
  inlineClient,
} from "./toml_text.ts";
import { besideConfig } from "../named_path.ts";
import {
  createPrivateFile,
  makePrivateDirectory,
  removeFile,
} from "../../files/durable.ts";
import { shareLike } from "../../files/share.ts";
import { replaceConfig, whileEditing } from "./edit.ts";
import { loadSource } from "../load.ts";
import { clientNameProblem } from "../names.ts";
import { LABEL } from "../../core/one_time/derive.ts";
import { configError } from "../problems.ts";
import { rotatingDoor } from "./enrollable_door.ts";
import { newEnrolment } from "./new_enrolment.ts";
import { readSource, type Source } from "../../files/source.ts";
import { exists } from "../../files/look.ts";
import { orUndefined } from "../../core/or_undefined.ts";
import { otherWith } from "./secret_files.ts";

/** Who is to open what. */
export interface EnrollRequest {
  readonly config: string;
  readonly door: string;
  readonly client: string;
  /** Name or address by which the client reaches this machine. */
  readonly host: string;
  /** Directory of the secret's file; `secrets` beside the config without one. */
  readonly secretDir?: string | undefined;
  /** Whether the config is only read. */
  readonly keepConfig?: boolean | undefined;
}

export interface Enrolled {
  /** What the client has to know. */
  readonly enrolment: Enrolment;
  readonly secretFile: string;
  /** What the config still needs, if it was not written. */
  readonly byHand?: ByHand;
}

/** Lines that a human has to add to a config. */
export interface ByHand {
  readonly lines: string;
  /** Where they belong: `at the end`. */
  readonly where: string;
}

/**
 * Makes a secret, stores it, and adds the client to the config. The secret comes first:
 * whatever happens in between, the config never names a file that is not there.
 */
export function enroll(request: EnrollRequest): Promise<Enrolled> {
  const { config: path, client, keepConfig } = request;
  return whileEditing(path, async (source) => {
    const door = await openDoor(source, request);
    const enrolment = newEnrolment(door, request);
    const secretFile = secretPath(door, request);
    const entry = { door: door.name, client, secretFile };
    refuseLeft(secretFile, source);
    createPrivateFile(secretFile, `${formatSecret(enrolment.secret)}\n`);
    shareLike(path, secretFile);
    const enrolled = { enrolment, secretFile };
    if (keepConfig) {
      const byHand = { lines: clientTable(entry), where: "at the end" };
      return { ...enrolled, byHand };
    }
    const text = appendClient(source.text, entry);
    if (text === undefined) return { ...enrolled, byHand: withinBraces(door, entry) };
    try {
      await replaceConfig(source, text);
    } catch (error) {
      // What failed may be to make it last: then the config names the file already.
      const now = readSource(path);
      if ("text" in now && now.text !== text) removeFile(secretFile);
      throw error;
    }
    return enrolled;
  });
}

/** The door, if the client can become one of its clients. */
async function openDoor(
  source: Source,
  { door: name, client }: EnrollRequest,
): Promise<OtpDoor> {
  const { config, problems } = await loadSource(source);
  if (config === undefined) throw configError(problems);
  const door = rotatingDoor(config.doors, name, source.path);
  const problem = clientNameProblem(client);
  if (problem !== undefined) throw new UsageError(problem);
  const twin = door.key.clients.find((other) =>
    other.name.toLowerCase() === client.toLowerCase()
  );
  if (twin === undefined) return door;
  throw new Failure(
    `${source.path}: the door ${name} has a client ${twin.name} already`,
    "--rotate gives it a new secret, and the old one is worth nothing then",
  );
}

/** Whoever was cut off amid this has left a secret; another config may have it, too. */
function refuseLeft(file: string, { path, text }: Source): void {
  if (!exists(file)) return;
  const user = orUndefined(() => otherWith(file, { path, text }));
  throw new Failure(
    `${file}: the file can't be made: there is one already`,
    user === undefined
      ? `no client in ${path} has it: rm ${file}, unless another config names it`
      : `it is that of ${user}: take another name, or --secret-dir`,
  );
}

function secretPath(door: OtpDoor, request: EnrollRequest): string {
  const { config, client, secretDir } = request;
  const own = besideConfig("secrets", config);
  const directory = makePrivateDirectory(secretDir ?? own);
  if (secretDir === undefined) shareLike(config, own);
  // A label is safe in a file name where a door's name may not be.
  return `${directory}/${LABEL.test(door.name) ? door.name : door.label}.${client}`;
}

function withinBraces(door: OtpDoor, entry: ClientEntry): ByHand {
  const line = inlineClient(entry);
  return door.key.clients.length > 0
    ? { lines: line, where: `within the braces of the clients of door ${door.name}` }
    : { lines: `clients = { ${line} }`, where: `within the braces of door ${door.name}` };
}
