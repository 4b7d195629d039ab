/** Who knocks, and wants to get in: the client floor/enter.c. */
import type { Arena } from "./arena.ts";

/** What a knock counts that nobody answered. */
const TIMEOUT_MS = 1000;

/** Milliseconds from the last packet of each source's knock to the answer of port 22. */
export async function enter(
  { client, server }: Arena,
  program: string,
  sources: readonly string[],
  ports: (i: number) => readonly number[],
): Promise<number[]> {
  const stdin = sources.map((source, i) => `${source} ${ports(i).join(" ")}\n`).join("");
  const { stdout } = await client.run([program, server.ipv4], {
    stdin,
    timeout: 120_000,
  });
  return stdout.trim().split("\n").map(Number).map((us) =>
    us < 0 ? TIMEOUT_MS : us / 1000
  );
}
