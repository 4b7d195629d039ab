/**
 * Metrics as OpenMetrics text. The library is read when somebody asks for the first time.
 *
 * @module
 */
import type * as PromClient from "prom-client";
import type { Metric as RegisteredMetric, OpenMetricsContentType } from "prom-client";
import type { Metric } from "./metric.ts";

/** What the text is, for HTTP. */
export const OPEN_METRICS_TYPE =
  "application/openmetrics-text; version=1.0.0; charset=utf-8";

/** The text of metrics. */
export async function openMetrics(metrics: readonly Metric[]): Promise<string> {
  const Registry = await library();
  const registry = new Registry<OpenMetricsContentType>();
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  for (const metric of metrics) {
    // The registry asks a metric for no more than its name and its values.
    const registered = { name: metric.name, get: () => Promise.resolve(metric) };
    registry.registerMetric(registered as unknown as RegisteredMetric);
  }
  return await registry.metrics();
}

/** The registry alone: the rest of the library measures programs of Node's. */
async function library(): Promise<typeof PromClient.Registry> {
  const module: { default: unknown } = await import("prom-client/lib/registry.js");
  return module.default as typeof PromClient.Registry;
}
