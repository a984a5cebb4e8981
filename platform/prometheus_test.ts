import { assertEquals, assertThrows } from "@std/assert";
import { MetricsRegistry } from "./prometheus.ts";

Deno.test("MetricsRegistry writes counters, gauges and histograms", () => {
  const metrics = new MetricsRegistry();
  const done = metrics.counter("farm_done_total", "Attempts that ended");
  done.increment(1, { status: "failed" });
  done.increment(2, { status: "completed" });
  done.increment(1, { status: "failed" });
  metrics.gauge("farm_temperature", "Set by hand").set(-1.5);
  let waiting = 3;
  metrics.gauge("farm_waiting", "Read at each scrape", () => waiting);
  const seconds = metrics.histogram("farm_seconds", "Time of a task", [0.1, 1]);
  for (const value of [0.05, 0.1, 0.5, 7]) seconds.observe(value);
  waiting = 4;
  assertEquals(
    metrics.text(),
    `# HELP farm_done_total Attempts that ended
# TYPE farm_done_total counter
farm_done_total{status="failed"} 2
farm_done_total{status="completed"} 2
# HELP farm_temperature Set by hand
# TYPE farm_temperature gauge
farm_temperature -1.5
# HELP farm_waiting Read at each scrape
# TYPE farm_waiting gauge
farm_waiting 4
# HELP farm_seconds Time of a task
# TYPE farm_seconds histogram
farm_seconds_bucket{le="0.1"} 2
farm_seconds_bucket{le="1"} 3
farm_seconds_bucket{le="+Inf"} 4
farm_seconds_sum 7.65
farm_seconds_count 4
`,
  );
});

Deno.test("MetricsRegistry escapes help and label values", () => {
  const metrics = new MetricsRegistry();
  metrics.counter("a_total", "back\\slash\nline").increment(1, { path: 'C:\\"x"\n' });
  assertEquals(
    metrics.text(),
    '# HELP a_total back\\\\slash\\nline\n# TYPE a_total counter\na_total{path="C:\\\\\\"x\\"\\n"} 1\n',
  );
});

Deno.test("MetricsRegistry bounds the series of one metric", () => {
  const metrics = new MetricsRegistry();
  const counter = metrics.counter("a_total", "Label by mistake");
  for (let id = 0; id < 5000; id++) counter.increment(1, { task: `t${id}` });
  assertEquals(metrics.text().trimEnd().split("\n").length, 1002);
});

Deno.test("MetricsRegistry refuses wrong names, doubles and falling counters", () => {
  const metrics = new MetricsRegistry();
  const counter = metrics.counter("a_total", "A");
  assertThrows(() => metrics.gauge("a_total", "Again"), TypeError, "twice");
  assertThrows(() => metrics.gauge("a-b", "Hyphen"), TypeError, '"a-b"');
  assertThrows(() => counter.increment(-1), RangeError, "-1");
});
