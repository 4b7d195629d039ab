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
  const { Registry } = await library();
  const registry = new Registry<OpenMetricsContentType>();
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  for (const metric of metrics) {
    // The registry asks a metric for no more than its name and its values.
    const registered = { name: metric.name, get: () => Promise.resolve(metric) };
    registry.registerMetric(registered as unknown as RegisteredMetric);
  }
  return await registry.metrics();
}

/** A bundle has what CommonJS exports under one name, Deno under both. */
async function library(): Promise<typeof PromClient> {
  const module = await import("prom-client");
  return "default" in module ? module.default as typeof PromClient : module;
}
