/** Accepts every TCP connection to a port, over IPv4 and IPv6, until it is stopped. */

const listener = Deno.listen({ hostname: "::", port: Number(Deno.args[0]) });
console.log("listening");
for await (const connection of listener) connection.close();
