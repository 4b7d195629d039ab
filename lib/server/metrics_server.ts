/** The daemon's numbers for whoever asks for them. */

import type { Config } from "../config/config.ts";
import { Failure, orFailure } from "../core/failure.ts";
import type { Daemon } from "./daemon.ts";
import type { Logger } from "./log/log.ts";
import type { MetricsFormat } from "./metrics/exposition.ts";

/** The numbers of a daemon as text, as OpenMetrics where no other format is named. */
export async function metricsText(
  daemon: Pick<Daemon, "status">,
  format: MetricsFormat = "openmetrics",
): Promise<string> {
  const { metricsOf } = await import("./metrics/metrics.ts");
  const { exposition } = await import("./metrics/exposition.ts");
  return await exposition(metricsOf(daemon.status()), format);
}

/** Opens the port for them, if the config asks for one; without it the daemon goes on. */
export async function openMetricsPort(
  { options: { metrics } }: Config,
  daemon: Daemon,
  logger: Logger,
): Promise<Disposable | undefined> {
  if (metrics === undefined) return undefined;
  const { serveMetrics } = await import("./metrics/http.ts");
  const { paced } = await import("./metrics/paced.ts");
  const text = paced((format) => metricsText(daemon, format));
  const server = orFailure(() => serveMetrics(metrics, text));
  if (!(server instanceof Failure)) return server;
  const { message } = server;
  logger.warn("no metrics: {message}", { event: "metrics", message });
  return undefined;
}
