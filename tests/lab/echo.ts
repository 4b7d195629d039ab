/** Sends back what it gets on a TCP port, over IPv4 and IPv6, until it is stopped. */

const listener = Deno.listen({ hostname: "::", port: Number(Deno.args[0]) });
console.log("listening");
for await (const { readable, writable } of listener) {
  readable.pipeTo(writable).catch(() => {});
}
