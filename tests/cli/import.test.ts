import assert from "node:assert/strict";
import { importCommand } from "../../lib/cli/import.ts";
import { inDirectory } from "../config/files.ts";

Deno.test("import of what is TOML already says so, and how to judge it", async () => {
  await inDirectory(async (directory) => {
    const path = `${directory}/knock.toml`;
    await Deno.writeTextFile(path, '[doors.a]\nsequence = "7000,8000,9000"\nopen = 22\n');
    await assert.rejects(importCommand().parseAsync([path], { from: "user" }), {
      message: `${path} is TOML already`,
      hint: `knockd check ${path} judges it`,
    });
  });
});

Deno.test("import refuses a name that no door of a knock.toml can have", async () => {
  await inDirectory(async (directory) => {
    const path = `${directory}/knockd.conf`;
    await Deno.writeTextFile(path, "[constructor]\nsequence = 1,2,3\ncommand = x\n");
    await assert.rejects(importCommand().parseAsync([path], { from: "user" }), {
      message: `${path}: a door of knock.toml can't be called constructor`,
      hint: "call the section [constructor] otherwise, and import again",
    });
  });
});

Deno.test("import of what fwknop's client reads says what takes its place, and no key", async () => {
  await inDirectory(async (directory) => {
    const path = `${directory}/.fwknoprc`;
    const texts = [
      "[gate]\nSPA_SERVER 192.0.2.1\nKEY secret\n",
      "[default]\nKEY\tsecret\n",
      "[default]\nHMAC_KEY_BASE64   c2VjcmV0\nKEY_BASE64: c2VjcmV0\n",
    ];
    for (const text of texts) {
      await Deno.writeTextFile(path, text);
      await assert.rejects(importCommand().parseAsync([path], { from: "user" }), {
        message:
          `${path}: this is what fwknop's client reads; a profile takes its place here`,
        hint: "knockd profile add, with the line that knockd enroll prints on the server",
      });
    }
  });
});

Deno.test("import of what fwknopd itself reads names the file that has its doors", async () => {
  await inDirectory(async (directory) => {
    const path = `${directory}/fwknopd.conf`;
    await Deno.writeTextFile(path, "# fwknopd\nPCAP_INTF    eth0;\n");
    await assert.rejects(importCommand().parseAsync([path], { from: "user" }), {
      message: `${path}: this says how fwknopd listens; its doors are in access.conf`,
      hint: "knockd import /etc/fwknop/access.conf",
    });
  });
});

Deno.test("import of what is not there names no option that it has not", async () => {
  await inDirectory(async (directory) => {
    const path = `${directory}/knockd.conf`;
    await assert.rejects(importCommand().parseAsync([path], { from: "user" }), {
      message: /No such file or directory \(knockd import FILE reads another\)$/,
    });
  });
});
