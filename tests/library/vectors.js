/** Whether the library gives what is published, wherever it runs: plain JavaScript. */

/** What of the vectors is not what the library gives; nothing, when all is right. */
export async function wrongVectors(library, sequences, packets) {
  const wrong = [];
  for (const vector of sequences) {
    const got = await sequenceText(library, vector);
    if (got !== vector.sequence.join()) wrong.push(`${vector.note}: ${got}`);
  }
  for (const vector of packets) {
    const got = await payloadHex(library, vector);
    if (got !== vector.payload_hex) wrong.push(`${vector.note}: ${got}`);
  }
  return wrong;
}

async function sequenceText(library, vector) {
  const enrolment = enrolmentOf(library, vector);
  const keys = await library.sequenceKeys(enrolment, vector.source ?? undefined);
  const knocks = await library.sequenceOf(keys, enrolment.otp, vector.counter);
  return knocks.map(({ port, protocol }) => `${port}:${protocol}`).join();
}

async function payloadHex(library, vector) {
  const key = await library.packetSigner(enrolmentOf(library, vector));
  const source = vector.source ?? undefined;
  const payload = await library.packetOf(key, vector.counter, source);
  return [...payload].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** A vector's door. Some have fewer ports than a URI may say. */
function enrolmentOf(library, vector) {
  const { secret, otp } = library.readEnrolment(uriOf(vector.secret_base32));
  const [lo, hi] = (vector.ports ?? "10000-59999").split("-").map(Number);
  const { label, length = 5, protocol = "tcp", source } = vector;
  const own = { ...otp, lo, hi, length, protocol, bindSource: source !== null };
  return { host: "gate.example.org", door: label, label, secret, otp: own };
}

function uriOf(secret) {
  return "otpauth://totp/knockd:alice?issuer=knockd&algorithm=SHA256&digits=8&knock=v1" +
    `&host=gate.example.org&door=ssh&client=alice&secret=${secret}&period=30&length=5` +
    "&ports=10000-59999&protocol=tcp";
}
