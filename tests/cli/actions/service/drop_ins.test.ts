import assert from "node:assert/strict";
import { dropInWarnings } from "../../../../lib/cli/actions/service/drop_ins.ts";
import { inDirectory } from "../../../config/files.ts";

const UNIT = "[Service]\nExecStart=/usr/local/bin/knockd serve\nUser=knockd\n";

Deno.test("a drop-in that can't be read is named, and hides none of the others", () =>
  inDirectory((directory) => {
    const dropIns = `${directory}/knockd.service.d`;
    Deno.mkdirSync(`${dropIns}/a.conf`, { recursive: true });
    Deno.symlinkSync("/nonexistent/of-ours", `${dropIns}/b.conf`);
    Deno.symlinkSync("/dev/null", `${dropIns}/c.conf`);
    Deno.writeTextFileSync(`${dropIns}/d.conf`, "[Service]\nUser=root\n");
    Deno.symlinkSync("d.conf", `${dropIns}/e.conf`);
    Deno.writeTextFileSync(`${dropIns}/notes`, "User=root\n");
    assert.deepEqual(dropInWarnings("knockd.service", UNIT, [directory]), [
      `${dropIns}/a.conf is no file: look into it`,
      `${dropIns}/b.conf: No such file or directory: look into it`,
      `${dropIns}/d.conf overrides the unit's User: look into it`,
    ]);
  }));

Deno.test("a drop-in of all services is named as the unit's own are", () =>
  inDirectory((directory) => {
    Deno.mkdirSync(`${directory}/service.d`);
    Deno.writeTextFileSync(`${directory}/service.d/a.conf`, "[Service]\nUser=root\n");
    assert.deepEqual(dropInWarnings("knockd.service", UNIT, [directory]), [
      `${directory}/service.d/a.conf overrides the unit's User: look into it`,
    ]);
  }));

Deno.test("a directory of drop-ins that leads nowhere is none", () =>
  inDirectory((directory) => {
    Deno.symlinkSync("/nonexistent", `${directory}/knockd.service.d`);
    assert.deepEqual(dropInWarnings("knockd.service", UNIT, [directory]), []);
  }));
