/** In which format an HTTP request wants the metrics. */

import type { MetricsFormat } from "./exposition.ts";

/**
 * The format that the header lines of a request ask for: OpenMetrics if `Accept` names it
 * and likes nothing plain better, as Prometheus does; the older format else, which every
 * reader knows.
 */
export function acceptedFormat(fields: readonly string[]): MetricsFormat {
  const ranges = fields.flatMap((field) =>
    /^accept:/i.test(field) ? field.slice("accept:".length).split(",") : []
  );
  const wanted = liking(ranges, /^application\/openmetrics-text$/);
  return wanted > 0 && wanted >= liking(ranges, /^text\/plain$/)
    ? "openmetrics"
    : "prometheus";
}

/** How much a media type is liked, 0 to 1; 0 if it isn't named. */
function liking(ranges: readonly string[], type: RegExp): number {
  return Math.max(0, ...ranges.filter((range) => type.test(nameOf(range))).map(quality));
}

function nameOf(range: string): string {
  return range.split(";")[0]!.trim().toLowerCase();
}

function quality(range: string): number {
  const [, q = "1"] = /;\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*(?:;|$)/i.exec(range) ?? [];
  return Math.min(Number(q), 1);
}
