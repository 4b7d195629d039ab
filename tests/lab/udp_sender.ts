/**
 * `udp_sender.ts`: reads JSON from standard input, a list of { from, to, hits: [{ port,
 * payload }] }, and sends each one's hits, one after the other, all at the same moment.
 */
interface Sending {
  readonly from: string;
  readonly to: string;
  readonly hits: readonly { readonly port: number; readonly payload: string }[];
}

const sendings: Sending[] = JSON.parse(await new Response(Deno.stdin.readable).text());
await Promise.all(sendings.map(async ({ from, to, hits }) => {
  const socket = Deno.listenDatagram({ transport: "udp", hostname: from, port: 0 });
  for (const { port, payload } of hits) {
    const bytes = Uint8Array.fromBase64(payload);
    await socket.send(bytes, { transport: "udp", hostname: to, port });
  }
  socket.close();
}));
