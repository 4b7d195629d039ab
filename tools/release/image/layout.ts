/** The archive of an image: one that podman, docker, skopeo and containerd load. */

import { sha256 } from "../../build/self_extracting.ts";
import { tar } from "../../build/tar.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** What an image is made of. */
export interface ImageParts {
  /** The layer, by gzip. */
  readonly layer: Bytes;
  /** The SHA-256 of what it unpacks to. */
  readonly unpacked: string;
  /** What is run, and as what; see {@link imageConfig}. */
  readonly config: Readonly<Record<string, unknown>>;
  /** `localhost/knockd:1.0.0`. */
  readonly reference: string;
}

// Docker's types, as OCI's have no health check, and podman drops it where they are said.
const DOCKER = "application/vnd.docker";
const MANIFEST = `${DOCKER}.distribution.manifest.v2+json`;
const CONFIG = `${DOCKER}.container.image.v1+json`;
const LAYER = `${DOCKER}.image.rootfs.diff.tar.gzip`;

/** An OCI layout, with the manifest.json beside it that `docker load` reads. */
export async function imageArchive(parts: ImageParts): Promise<Bytes> {
  const layer = await blob(LAYER, parts.layer);
  const rootfs = { type: "layers", diff_ids: [`sha256:${parts.unpacked}`] };
  const config = await blob(CONFIG, json({ ...parts.config, rootfs }));
  const manifest = await blob(
    MANIFEST,
    json({
      schemaVersion: 2,
      mediaType: MANIFEST,
      config: config.descriptor,
      layers: [layer.descriptor],
    }),
  );
  const annotations = { "org.opencontainers.image.ref.name": parts.reference };
  const index = {
    schemaVersion: 2,
    manifests: [{ ...manifest.descriptor, annotations }],
  };
  const forDocker = {
    Config: config.path,
    RepoTags: [parts.reference],
    Layers: [layer.path],
  };
  const files: [string, Bytes][] = [
    ["oci-layout", json({ imageLayoutVersion: "1.0.0" })],
    ["index.json", json(index)],
    ["manifest.json", json([forDocker])],
    ...[manifest, config, layer].map(({ path, bytes }): [string, Bytes] => [path, bytes]),
  ];
  return await tar(files.map(([name, bytes]) => ({ name, bytes, mode: 0o644 })));
}

async function blob(mediaType: string, bytes: Bytes) {
  const sum = await sha256(bytes);
  const descriptor = { mediaType, digest: `sha256:${sum}`, size: bytes.length };
  return { bytes, path: `blobs/sha256/${sum}`, descriptor };
}

function json(value: unknown): Bytes {
  return new TextEncoder().encode(JSON.stringify(value));
}
