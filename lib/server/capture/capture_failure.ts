/** What libpcap said, as a failure that tells users what to do. */
import { PcapError } from "../../../ffi/pcap/pcap.ts";
import { Failure } from "../../core/failure.ts";
import { foreignRootHint } from "../process/foreign_root.ts";
import { reason } from "../../files/reason.ts";
import { compiledProgram, executable } from "../process/this_program.ts";

/** Whether waiting and trying again would be pointless. */
export function isFatal(error: unknown): error is PcapError {
  return error instanceof PcapError &&
    (error.code === "no-library" || error.code === "no-permission");
}

/** The failure that a start ends with. */
export function captureFailure(error: PcapError): Failure {
  if (error.code !== "no-permission") return new Failure(error.message);
  const hint = foreignRootHint("NET_RAW") ?? permissionHint();
  return new Failure(`no right to capture (${error.message})`, hint);
}

/** In a few words why an interface is not heard. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof PcapError)) return reason(error);
  switch (error.code) {
    case "no-device":
      return "there is no such interface";
    case "down":
      return "it is down";
    case "filter":
      return `the capture filter was refused (${error.message})`;
    default:
      return error.message;
  }
}

function permissionHint(): string {
  if (Deno.build.os !== "linux") return "run it as root";
  const grants = [
    "capturing needs CAP_NET_RAW: run it as root",
    "or set AmbientCapabilities=CAP_NET_RAW in its systemd unit",
  ];
  // A capability on the Deno of everybody would let every script capture.
  const own = compiledProgram();
  if (own !== undefined) grants.push(`or setcap cap_net_raw+ep ${own}`);
  else if (executable() !== undefined) {
    // The kernel gives no script the capabilities of its file.
    grants.push(
      "or start it by setpriv --inh-caps=+net_raw --ambient-caps=+net_raw (setcap on " +
        "the executable does nothing)",
    );
  }
  return grants.join(", ");
}
