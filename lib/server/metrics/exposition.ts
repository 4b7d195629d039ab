/** Metrics as text. The library is read when somebody asks for the first time. */

import type * as PromClient from "prom-client";
import type { Metric as RegisteredMetric, RegistryContentType } from "prom-client";
import type { Metric } from "./metric.ts";

/**
 * How the text is written: as OpenMetrics, which ends with `# EOF`, or as Prometheus' own
 * older format, which `promtool check metrics` and node_exporter's text files take.
 */
export type MetricsFormat = "openmetrics" | "prometheus";

/** What the text of each format is, for HTTP. */
export const MEDIA_TYPE = {
  openmetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8",
  prometheus: "text/plain; version=0.0.4; charset=utf-8",
} as const;

export async function exposition(
  metrics: readonly Metric[],
  format: MetricsFormat,
): Promise<string> {
  const Registry = await library();
  const registry = new Registry<RegistryContentType>();
  registry.setContentType(MEDIA_TYPE[format]);
  for (const metric of metrics.map((each) => namedFor(format, each))) {
    // The registry asks a metric for no more than its name and its values.
    const registered = { name: metric.name, get: () => Promise.resolve(metric) };
    registry.registerMetric(registered as unknown as RegisteredMetric);
  }
  return await registry.metrics();
}

/** OpenMetrics names a counter without the ending that its samples have. */
function namedFor(format: MetricsFormat, metric: Metric): Metric {
  const isWhole = format === "openmetrics" || metric.type !== "counter";
  return isWhole ? metric : { ...metric, name: `${metric.name}_total` };
}

/** The registry alone: the rest of the library measures programs of Node's. */
async function library(): Promise<typeof PromClient.Registry> {
  const module: { default: unknown } = await import("prom-client/lib/registry.js");
  return module.default as typeof PromClient.Registry;
}
