import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';

/** Counts and times of requests, in the Prometheus text format. */
export interface Metrics {
  observe(facts: { surface: string; operation: string; status: number; seconds: number }): void;
  text(): Promise<string>;
  contentType: string;
}

/** Metrics of one process. Labels are names of operations, never ids. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'clientele_' });
  const duration = new Histogram({
    name: 'clientele_http_request_duration_seconds',
    help: 'Time from the request line to the end of the answer',
    labelNames: ['surface', 'operation', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  });
  return {
    observe({ surface, operation, status, seconds }) {
      duration.labels(surface, operation, String(status)).observe(seconds);
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}
