/**
 * Logs in a mount namespace of its own, for log.test.ts: to a syslog daemon that it
 * plays itself, to none, or to a disk that is full and then no longer.
 *
 * @module
 */
import { openLog } from "../../lib/server/log/log.ts";
import { realSystem } from "../../lib/server/system.ts";

const [test, directory = ""] = Deno.args;
const common = { format: "text", verbose: false, debug: true } as const;
const system = realSystem();
/** Lines are written when what said them is through. */
const written = () => new Promise((resolve) => void setImmediate(resolve));

if (test === "syslog") {
  const listener = Deno.listenDatagram({ transport: "unixpacket", path: "/dev/log" });
  const log = await openLog({ ...common, syslog: true }, system);
  log.logger.info("{ip}: {door}: OPEN SESAME", { ip: "10.0.0.1", door: "100% %s%n" });
  log.logger.warn("one\nline {byte}", { byte: "\x01" });
  log.logger.error("an error");
  log.close();
  for (let n = 0; n < 3; n++) {
    const [bytes] = await listener.receive();
    console.log(`received ${new TextDecoder().decode(bytes)}`);
  }
  listener.close();
}

if (test === "no syslog") {
  const log = await openLog({ ...common, debug: false, syslog: true }, system);
  log.logger.info("{ip}: {door}: OPEN SESAME", { ip: "10.0.0.1", door: "ssh" });
  log.close();
}

if (test === "full disk") {
  const file = `${directory}/knockd.log`;
  const log = await openLog({ ...common, file, syslog: false }, system);
  Deno.writeFileSync(`${directory}/ballast`, new Uint8Array(8192));
  const lines = 100;
  for (let n = 0; n < lines; n++) {
    log.logger.info("line {n} {fill}", { event: "open", n, fill: "x".repeat(200) });
    await written();
  }
  // Lines are written once what says them is through.
  await Promise.resolve();
  Deno.removeSync(`${directory}/ballast`);
  log.logger.info("room again", { event: "open" });
  await written();
  log.close();
  Deno.stdout.writeSync(Deno.readFileSync(file));
}
