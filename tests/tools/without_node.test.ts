import assert from "node:assert/strict";
import { withoutNode } from "../../tools/build/without_node.ts";

Deno.test("what a package imports of Node in vain is left out, and of others nothing", () => {
  const bundled = `import { a } from "./chunk-A1.js";

// npm/commander/15.1.0/lib/command.js
import path2 from "node:path";
import { stripVTControlCharacters as strip } from "node:util";
import { readFile } from "node:fs/promises";

// lib/doctor/paths.ts
import path from "node:path";
`;
  assert.equal(
    withoutNode(bundled),
    `import { a } from "./chunk-A1.js";

// npm/commander/15.1.0/lib/command.js
const path2 = {};
const strip = (text) => text;
import { readFile } from "node:fs/promises";

// lib/doctor/paths.ts
import path from "node:path";
`,
  );
});

Deno.test("in place of Node's emitter of events stands one that commander can do with", () => {
  const line = 'import { EventEmitter } from "node:events";';
  const text = withoutNode(`// npm/commander/15.1.0/lib/command.js\n${line}\n`);
  const Emitter = new Function(`${text}; return EventEmitter;`)();
  const emitter = new Emitter();
  const heard: unknown[] = [];
  assert.equal(emitter.emit("a", 1), false);
  assert.equal(emitter.on("a", (...values: unknown[]) => heard.push(values)), emitter);
  emitter.on("a", function (this: unknown) {
    heard.push(this);
  });
  assert.equal(emitter.listenerCount("a"), 2);
  assert.equal(emitter.emit("a", 1, 2), true);
  assert.deepEqual(heard, [[1, 2], emitter]);
});
