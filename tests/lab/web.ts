/** A web server: DIRECTORY CERTIFICATE KEY SECONDS. Its clock is so many seconds off. */

const [directory = "", certificate = "", key = "", seconds = "0"] = Deno.args;

const TYPES: Record<string, string> = {
  html: "text/html; charset=utf-8",
  js: "text/javascript",
  svg: "image/svg+xml",
  webmanifest: "application/manifest+json",
};

async function answer(request: Request): Promise<Response> {
  const name = new URL(request.url).pathname.slice(1) || "index.html";
  const bytes = await Deno.readFile(`${directory}/${name}`).catch(() => undefined);
  const date = new Date(Date.now() + 1000 * Number(seconds)).toUTCString();
  const headers = { "content-type": TYPES[name.split(".").at(-1)!] ?? "", date };
  return new Response(bytes ?? null, {
    status: bytes === undefined ? 404 : 200,
    headers,
  });
}

const onListen = () => {};
Deno.serve({ hostname: "::", port: 80, onListen }, answer);
Deno.serve({
  hostname: "::",
  port: 443,
  cert: await Deno.readTextFile(certificate),
  key: await Deno.readTextFile(key),
  onListen: () => console.log("listening"),
}, answer);
