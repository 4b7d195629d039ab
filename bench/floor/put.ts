/** `put.ts CONFIG COUNT`: what etcd takes to put a value; a line of milliseconds for each. */
import { loadConfigOrThrow } from "../../lib/config/load.ts";
import { Engine } from "../../lib/server/fleet/engine/engine.ts";
import { toEngine } from "../../lib/server/fleet/engine/engine_text.ts";
import { EntryKeys } from "../../lib/server/fleet/entry_keys.ts";

const [path, count] = Deno.args as [string, string];
const { config: { fleet } } = await loadConfigOrThrow(path);
using engine = new Engine(fleet!);
const key = toEngine(`${new EntryKeys(fleet!.name).prefix}bench`);
for (let i = -5; i < Number(count); i++) {
  const value = toEngine(`${i}`.padStart(110, "0"));
  const begin = performance.now();
  await engine.call("kv/put", { key, value }, 10_000);
  // The first ones log in and connect.
  if (i >= 0) console.log(performance.now() - begin);
  await new Promise((resolve) => setTimeout(resolve, 20));
}
await engine.call("kv/deleterange", { key }, 10_000);
