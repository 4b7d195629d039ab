import assert from "node:assert/strict";
import fc from "fast-check";
import { parse } from "smol-toml";
import {
  appendClient,
  clientsIn,
  inlineClient,
  removeClient,
} from "../../../lib/config/clients/toml_text.ts";
import { doorNameProblem } from "../../../lib/config/names.ts";

const SECRET_FILE = "/etc/knockd/secrets/a";

/** What no key of a config can be. */
function isPossible(name: string): boolean {
  return !["__proto__", "constructor", "prototype"].includes(name);
}

const client = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._@-]{0,20}$/)
  .filter(isPossible);
const door = fc.oneof(
  client,
  fc.string({ minLength: 1, maxLength: 20, unit: "grapheme" })
    .filter((name) => isPossible(name) && doorNameProblem(name) === undefined),
);
const eol = fc.constantFrom("\n", "\r\n");
const statement = fc.constantFrom(
  () => "",
  () => " \t",
  () => "# [doors.x]",
  (i: number) => `[t${i}] # é`,
  (i: number) => `k${i} = 1`,
  (i: number) => `k${i} = '''\n[doors.x]\n'''`,
);

/** Texts with all kinds of endings, and a multi-line string that looks like a table. */
const texts = fc.tuple(
  fc.array(fc.tuple(statement, eol)),
  fc.constantFrom("", "# end", " "),
).map(([statements, end]) =>
  statements.map(([write, eol], i) => write(i) + eol).join("") + end
);

/** Adds a client where there has to be a place for it. */
function append(text: string, [door, client]: readonly [string, string]): string {
  const added = appendClient(text, { door, client, secretFile: SECRET_FILE });
  assert.ok(added !== undefined && added.startsWith(text));
  return added;
}

Deno.test("removing a client undoes adding it, to the byte", () => {
  fc.assert(fc.property(texts, door, client, (text, door, client) => {
    const added = append(text, [door, client]);
    const files = new Map([[door, new Map([[client, SECRET_FILE]])]]);
    assert.deepEqual(clientsIn(added), files);
    assert.deepEqual(removeClient(added, door, client), { text });
  }));
});

Deno.test("clients come and go in any order without touching one another", () => {
  const clients = fc.uniqueArray(fc.tuple(door, client), {
    maxLength: 6,
    selector: (names) => names.join("\0"),
  });
  const orders = clients.chain((all) =>
    fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))
  );
  fc.assert(fc.property(texts, orders, (text, [all, order]) => {
    let edited = all.reduce(append, text);
    let left = all;
    for (const names of order) {
      const removal = removeClient(edited, ...names);
      assert.ok(removal && "text" in removal);
      edited = removal.text;
      left = left.filter((other) => other !== names);
      assert.equal(edited, left.reduce(append, text));
    }
  }));
});

Deno.test("the line for within braces is valid TOML, whatever the names", () => {
  fc.assert(fc.property(client, fc.string({ unit: "grapheme" }), (client, secretFile) => {
    const line = inlineClient({ door: "x", client, secretFile });
    const { clients } = parse(`clients = { ${line} }`) as Record<string, unknown>;
    assert.equal(
      JSON.stringify(clients),
      JSON.stringify({
        [client]: { secret_file: secretFile },
      }),
    );
  }));
});

Deno.test("a client is not taken for another whose name begins with its own", () => {
  const text = '[doors.ssh.clients.al]\nsecret = "x"\n[doors.ssh.clients.alice]\n';
  assert.equal(removeClient(text, "ssh", "ali"), undefined);
  assert.equal(removeClient(text, "ss", "al"), undefined);
  const removed = { text: "[doors.ssh.clients.alice]\n" };
  assert.deepEqual(removeClient(text, "ssh", "al"), removed);
});
