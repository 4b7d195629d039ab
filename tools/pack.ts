/** `deno task pack`: makes the npm package into dist/. */

import { npmPackage, PACKAGE_NAME } from "./pack/npm_package.ts";

const dist = new URL("../dist/", import.meta.url).pathname;

const bytes = await npmPackage();
await Deno.mkdir(dist, { recursive: true });
await Deno.writeFile(`${dist}${PACKAGE_NAME}`, bytes);
console.log(`made: dist/${PACKAGE_NAME}, ${(bytes.length / 1024).toFixed(1)} KiB`);
