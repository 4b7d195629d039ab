/**
 * `fleet_racer.ts CONFIG NODE SERIES`: spends one counter after the other in a fleet, as
 * fast as it may; writes a line of JSON for each try.
 */
import { loadConfigOrThrow } from "../../lib/config/load.ts";
import { Engine } from "../../lib/server/fleet/engine/engine.ts";
import { EntryKeys } from "../../lib/server/fleet/entry_keys.ts";
import { EntrySeal } from "../../lib/server/fleet/entry_seal.ts";
import { Spender } from "../../lib/server/fleet/spender.ts";

const [path, node, id] = Deno.args as [string, string, string];
const { config: { fleet } } = await loadConfigOrThrow(path);
const { name, secret, timeout } = fleet!;
const engine = new Engine(fleet!);
const [keys, seal] = [new EntryKeys(name), new EntrySeal(secret)];
const spender = new Spender({ engine, keys, seal, node, timeout: 1000 * timeout });
for (let counter = 0;;) {
  const begin = Date.now();
  const answer = await spender.spend({ id }, counter);
  const { kind } = answer;
  console.log(JSON.stringify({ node, counter, kind, begin, end: Date.now() }));
  if (kind === "spent") answer.noted();
  counter = kind === "used"
    ? answer.by.counter + 1
    : counter + (kind === "spent" ? 1 : 0);
  await new Promise((resolve) => setTimeout(resolve, 15));
}
