/** A directory that a package is made of: every file and folder with the mode it is to have. */

import { gzipSync } from "node:zlib";

/** Writes files of a package whatever this process's umask is. */
export class Tree {
  readonly root: string;

  constructor(root: string) {
    this.root = root;
  }

  /** A folder, those above it included. */
  async folder(path: string, mode = 0o755): Promise<void> {
    let made = this.root;
    await Deno.mkdir(made, { recursive: true });
    await Deno.chmod(made, 0o755);
    for (const part of path.split("/").filter(Boolean)) {
      made += `/${part}`;
      const isNew = await Deno.mkdir(made).then(() => true, () => false);
      if (isNew) await Deno.chmod(made, 0o755);
    }
    await Deno.chmod(made, mode);
  }

  /** A file, and the folders above it. */
  async file(path: string, content: string | Uint8Array, mode = 0o644): Promise<void> {
    const folder = path.slice(0, path.lastIndexOf("/"));
    if (!await isThere(`${this.root}/${folder}`)) await this.folder(folder);
    const bytes = typeof content === "string"
      ? new TextEncoder().encode(content)
      : content;
    await Deno.writeFile(`${this.root}/${path}`, bytes);
    await Deno.chmod(`${this.root}/${path}`, mode);
  }

  /** A text, compressed as Debian has manuals and changelogs. */
  async packed(path: string, text: string): Promise<void> {
    await this.file(path, gzipSync(text, { level: 9 }));
  }

  /** A file of this machine's. */
  async copy(path: string, from: string, mode: number): Promise<void> {
    await this.file(path, await Deno.readFile(from), mode);
  }

  /** A symbolic link. */
  async link(path: string, target: string): Promise<void> {
    await this.folder(path.slice(0, path.lastIndexOf("/")));
    await Deno.symlink(target, `${this.root}/${path}`);
  }
}

function isThere(path: string): Promise<boolean> {
  return Deno.stat(path).then(() => true, () => false);
}
