/** What Windows has in the place of the self-extracting file, which is a script of sh. */

import { bundle, RUN_FLAGS } from "./compile.ts";
import { tar, type TarFile } from "./tar.ts";

/** It finds the runtime and the program beside itself, wherever it was unpacked to. */
const SCRIPT = `@echo off
setlocal
for /f "delims==" %%v in ('set DENO_ 2^>nul') do set "%%v="
set NODE_OPTIONS=
set DENO_NO_UPDATE_CHECK=1
set "DENO_DIR=%LOCALAPPDATA%\\knockd\\deno"
"%~dp0deno.exe" run ${RUN_FLAGS.join(" ")} "%~dp0program\\main.js" %*
`;

/** Makes an archive for Windows' own tar: knockd.cmd, Deno and the program. */
export async function packForWindows(output: string, runtime: string): Promise<void> {
  const program = (await bundle()).toSorted((a, b) => a.name < b.name ? -1 : 1);
  const files: TarFile[] = [
    { name: "knockd/knockd.cmd", bytes: text(SCRIPT.replaceAll("\n", "\r\n")) },
    { name: "knockd/deno.exe", bytes: await Deno.readFile(runtime), mode: 0o755 },
    ...program.map(({ name, bytes }) => ({ name: `knockd/program/${name}`, bytes })),
  ];
  const packed = new Blob([await tar(files)]).stream()
    .pipeThrough(new CompressionStream("gzip"));
  await Deno.writeFile(output, packed);
}

function text(words: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(words);
}
