import assert from "node:assert/strict";
import { releaseSpareMemory } from "../../ffi/spare_memory.ts";
import { readKernelFile } from "../../ffi/libc.ts";

function residentFilePages(): number {
  const status = readKernelFile("/proc/self/status", 16 * 1024);
  return Number(status.match(/^RssFile:\s*(\d+) kB/m)?.[1]);
}

Deno.test("code that ran once gives its memory back, and runs again", () => {
  const canonical = () => new Intl.Locale("DE-de").toString();
  canonical();
  const before = residentFilePages();
  releaseSpareMemory();
  assert(residentFilePages() < before - 4096, `${before} kB`);
  assert.equal(canonical(), "de-DE");
});
