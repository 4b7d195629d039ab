/** What root, as by `sudo -E`, makes in the directory of somebody who is not root. */

import { orUndefined } from "../core/or_undefined.ts";
import { statOf } from "./look.ts";
import { directoryOf } from "./path.ts";

/** Gives what is new to whom its directory belongs, as far as this user may. */
export function leaveToOwner(path: string): void {
  const { uid, gid } = statOf(directoryOf(path)) ?? { uid: 0, gid: 0 };
  if (Deno.uid() !== 0 || uid === null || gid === null || uid === 0) return;
  // Unlike Deno.chown it follows no link, which that owner may put there meanwhile. To
  // import the module would take longer than the rest of the client's start.
  const { lchownSync } = process.getBuiltinModule("node:fs");
  orUndefined(() => lchownSync(path, uid, gid));
}
