/** What is measured, as plain data. */

/** A value and what tells it from others of its name. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  /** The name of a histogram's series. */
  readonly metricName?: string;
}

/** A name, what it means, and its values. */
export interface Metric {
  /** Without the ending that its type brings with it. */
  readonly name: string;
  readonly help: string;
  readonly type: "counter" | "gauge" | "histogram";
  readonly values: readonly Sample[];
}
