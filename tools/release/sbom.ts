/** What a release is made of, in CycloneDX's format: for programs that look for known holes. */

import type { DebianPackage } from "./image/root.ts";
import type { Library } from "./libraries.ts";
import type { Release } from "./release.ts";
import { type Machine, RUNTIME_VERSION } from "./runtime.ts";

/** The bill of materials: the same text each time, so without a serial number. */
export function billOfMaterials(
  { version, date }: Pick<Release, "version" | "date">,
  libraries: readonly Library[],
  machines: readonly Machine[],
  debian: readonly DebianPackage[],
): string {
  const bill = {
    bomFormat: "CycloneDX",
    specVersion: "1.5",
    version: 1,
    metadata: {
      timestamp: new Date(date * 1000).toISOString(),
      component: {
        type: "application",
        "bom-ref": `pkg:npm/knockd@${version}`,
        name: "knockd",
        version,
        purl: `pkg:npm/knockd@${version}`,
        licenses: [{ license: { id: "MIT" } }],
      },
    },
    components: [
      ...machines.map(({ runtime }) => runtimeOf(runtime)),
      ...libraries.map(libraryOf),
      ...onceEach(debian.map(debianOf)),
    ],
  };
  return `${JSON.stringify(bill, undefined, 2)}\n`;
}

function runtimeOf({ name, integrity }: Machine["runtime"]) {
  const sum = Uint8Array.fromBase64(integrity).toHex();
  return {
    ...named("platform", name, RUNTIME_VERSION),
    hashes: [{ alg: "SHA-512", content: sum }],
    licenses: [{ license: { id: "MIT" } }],
  };
}

function libraryOf({ name, version, license }: Library) {
  return { ...named("library", name, version), licenses: [{ expression: license }] };
}

function named(type: string, name: string, version: string) {
  const purl = `pkg:npm/${name.replace("@", "%40")}@${version}`;
  return { type, "bom-ref": purl, name, version, purl };
}

/** A package of the image's. */
function debianOf({ name, version, arch }: DebianPackage) {
  const coded = version.split("+").join("%2B").replace(":", "%3A");
  const purl = `pkg:deb/debian/${name}@${coded}?arch=${arch}`;
  return { type: "library", "bom-ref": purl, name, version, purl };
}

function onceEach<T extends { readonly purl: string }>(all: readonly T[]): T[] {
  return [...new Map(all.map((one) => [one.purl, one])).values()];
}
