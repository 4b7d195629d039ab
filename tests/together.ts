/**
 * Test files in one module graph, which costs most of a second a file when each has its
 * own: `deno test tests/together.ts -- FILE...`, the files by their paths from the root.
 */
for (const file of Deno.args) await import(`../${file}`);
