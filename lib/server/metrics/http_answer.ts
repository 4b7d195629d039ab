/** What is answered to an HTTP request for metrics. */

import { acceptedFormat } from "./accepted_format.ts";
import { MEDIA_TYPE, type MetricsFormat } from "./exposition.ts";

/** The answer to a request's head, without its empty line. */
export async function answerTo(
  head: string,
  text: (format: MetricsFormat) => Promise<string>,
): Promise<string> {
  const [first = "", ...fields] = head.split("\r\n");
  const [method, target = ""] = first.split(" ");
  if (!/^[A-Z]+ \S+ HTTP\/1\.[01]$/.test(first)) return plain("400 Bad Request");
  // A page whose name was made to point here is not to read them.
  if (!isLocal(fields)) return plain("403 Forbidden");
  if (method !== "GET" && method !== "HEAD") return plain("405 Method Not Allowed");
  if (target.split("?")[0] !== "/metrics") {
    return plain("404 Not Found", "see /metrics\n");
  }
  const format = acceptedFormat(fields);
  const whole = answer("200 OK", MEDIA_TYPE[format], await text(format));
  return method === "GET" ? whole : whole.slice(0, whole.indexOf("\r\n\r\n") + 4);
}

function isLocal(fields: readonly string[]): boolean {
  const hosts = fields.filter((field) => /^host:/i.test(field));
  return hosts.every((host) =>
    /^host:\s*(127\.[0-9.]+|\[::1\]|localhost)(:\d+)?\s*$/i.test(host)
  );
}

function plain(status: string, text = `${status}\n`): string {
  return answer(status, "text/plain", text);
}

function answer(status: string, type: string, body: string): string {
  const length = new TextEncoder().encode(body).length;
  return `HTTP/1.1 ${status}\r\ncontent-type: ${type}\r\ncontent-length: ${length}\r\n` +
    `connection: close\r\n\r\n${body}`;
}
