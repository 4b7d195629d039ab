/** Hits, as far as a browser can send them. */

/** Milliseconds after which a connection is given up: its SYN has left long before. */
const PATIENCE = 200;
/** Ports that no browser connects to (the Fetch standard's port blocking). */
const BLOCKED = new Set(
  ("1 7 9 11 13 15 17 19 20 21 22 23 25 37 42 43 53 69 77 79 87 95 101 102 103 104 109 110 " +
    "111 113 115 117 119 123 135 137 139 143 161 179 389 427 465 512 513 514 515 526 530 531 " +
    "532 540 548 554 556 563 587 601 636 989 990 993 995 1719 1720 1723 2049 3659 4045 4190 " +
    "5060 5061 6000 6566 6665 6666 6667 6668 6669 6679 6697 10080").split(" ").map(
      Number,
    ),
);

/**
 * Why a browser can't send this sequence: "noUdp" if it has no WebRTC for its datagrams,
 * "blocked" if it refuses one of the ports; `undefined` if it can.
 */
export function obstacle(sequence) {
  const canAsk = globalThis.RTCPeerConnection !== undefined;
  if (!canAsk && sequence.some(({ protocol }) => protocol === "udp")) return "noUdp";
  return sequence.some(({ port }) => BLOCKED.has(port)) ? "blocked" : undefined;
}

/** Sends one packet, or a few, to each port; nothing waits for an answer. */
export async function send(host, sequence) {
  const name = host.includes(":") ? `[${host}]` : host;
  await Promise.all(
    sequence.map(({ port, protocol }) =>
      protocol === "udp" ? datagram(name, port) : syn(name, port)
    ),
  );
}

/** Only the SYN matters: what the scheme would say afterwards never leaves. */
async function syn(host, port) {
  const scheme = location.protocol === "https:" ? "https" : "http";
  const options = { mode: "no-cors", cache: "no-store", credentials: "omit" };
  // An engine that was not told to stop connects again, from new ports, and then at the
  // host's other address: there, the door takes it for a knock that was used.
  const signal = AbortSignal.timeout(PATIENCE);
  await fetch(`${scheme}://${host}:${port}/`, { ...options, signal }).catch(() => {});
}

/** A browser's only datagrams to a port of our choice are WebRTC's questions to a server. */
async function datagram(host, port) {
  const connection = new RTCPeerConnection({
    iceServers: [{ urls: `stun:${host}:${port}` }],
  });
  try {
    connection.createDataChannel("");
    await connection.setLocalDescription(await connection.createOffer());
    await new Promise((resolve) => setTimeout(resolve, 3 * PATIENCE));
  } finally {
    connection.close();
  }
}
