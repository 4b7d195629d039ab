/** A control socket for a test, in a directory of its own. */
import type { ControlRequest } from "../../../lib/server/control/message.ts";
import {
  type ControlOptions,
  ControlServer,
} from "../../../lib/server/control/server.ts";

/** Gives a test a path for its socket. */
export async function withPath(test: (path: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    await test(`${directory}/control`);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** Gives a test a server that says which command it was asked. */
export function withServer(
  test: (path: string, asked: ControlRequest[]) => Promise<void>,
  options: Partial<ControlOptions> = {},
): Promise<void> {
  return withPath(async (path) => {
    const asked: ControlRequest[] = [];
    const handle = (request: ControlRequest) => {
      asked.push(request);
      return Promise.resolve({ asked: request.command });
    };
    await using _server = await ControlServer.open({ path, handle, ...options });
    await test(path, asked);
  });
}
