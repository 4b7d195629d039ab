/** What the files for service managers have to know. */

/** A daemon that is to be a service. Every path is absolute, and plain. */
export interface Service {
  readonly program: string;
  readonly config: string;
  /** Directories that the daemon writes to, besides its state and its cache. */
  readonly writable: readonly string[];
  /** Whether the kernel has doors of its, and a unit that guards them. */
  readonly isGuarded: boolean;
  /** Whether it gives its control socket to a group. */
  readonly givesSocketAway: boolean;
}

/**
 * An absolute path without detours, if it means the same in a unit, in a shell and in a
 * YAML file, unquoted.
 */
export function plainPath(path: string): string | undefined {
  return /^\/[\w/.@:+-]*$/.test(path) ? new URL(`file://${path}`).pathname : undefined;
}
