/** The phone's page: one file, with everything in it, that asks nobody for anything. */

import icon from "./icon.svg" with { type: "text" };
import style from "./page.css" with { type: "text" };
import template from "./page.html" with { type: "text" };
import code from "./page_script.js" with { type: "text" };
import worker from "./worker.js" with { type: "text" };

/** What the page is made for. */
export interface PageOptions {
  /** The only host that it may knock at; any without one. */
  readonly host?: string;
  /** Whether it is served, with its worker and its manifest beside it. */
  readonly served?: boolean;
}

/** The files of a page that is served, by name. */
export async function servedFiles(options: PageOptions): Promise<Record<string, string>> {
  return {
    "index.html": await pageHtml({ ...options, served: true }),
    "worker.js": worker,
    "icon.svg": icon,
    "manifest.webmanifest": JSON.stringify(MANIFEST, undefined, 2) + "\n",
  };
}

export async function pageHtml({ host, served }: PageOptions): Promise<string> {
  const script = `\n${code}`;
  const css = `\n${style}`;
  const manifest = served ? '<link rel="manifest" href="manifest.webmanifest">' : "";
  // By functions: in a text, `$` would mean something.
  return template
    .replace("POLICY", await policy(script, css, host))
    .replace(/<!-- MANIFEST -->/, manifest)
    .replace(/\s*\/\* STYLE \*\/\s*/, () => css)
    .replace(/\s*\/\* SCRIPT \*\/\s*/, () => script);
}

const MANIFEST = {
  name: "Knock",
  short_name: "Knock",
  start_url: "./",
  display: "standalone",
  background_color: "#fbfaf7",
  theme_color: "#0b5d4c",
  icons: [{ src: "icon.svg", sizes: "any", type: "image/svg+xml" }],
};

/** No script and no style but the page's own; it connects to where it knocks. */
async function policy(script: string, css: string, host?: string): Promise<string> {
  const targets = host === undefined
    ? "http: https:"
    : `'self' http://${host}:* https://${host}:*`;
  return [
    "default-src 'none'",
    `script-src '${await digest(script)}'`,
    `style-src '${await digest(css)}'`,
    `connect-src ${targets}`,
    "img-src 'self' data:",
    "manifest-src 'self'",
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
}

async function digest(text: string): Promise<string> {
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return `sha256-${new Uint8Array(bytes).toBase64()}`;
}
