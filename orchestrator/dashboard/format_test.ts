import { assertEquals } from "@std/assert";
import { Format, NOTHING } from "./format.ts";

const format = new Format("en");

Deno.test("Format.seconds() reads from microseconds to days", () => {
  const shown = [0, 2e-10, 5e-6, 0.0147, 1, 9.5668, 99.4, 130, 3600, 90_061].map((seconds) =>
    format.seconds(seconds)
  );
  assertEquals(shown, [
    "0 s",
    "< 1 µs",
    "5 µs",
    "14.7 ms",
    "1 s",
    "9.57 s",
    "99.4 s",
    "2 min 10 s",
    "1 h",
    "1 d 1 h",
  ]);
});

Deno.test("Format shows nothing as nothing, never as zero", () => {
  for (const name of ["number", "rate", "percent", "seconds", "span", "bytes", "share"] as const) {
    assertEquals([format.named(name, null), format.named(name, undefined)], [NOTHING, NOTHING]);
  }
});

Deno.test("Format writes figures as the language does", () => {
  const spanish = new Format("es");
  assertEquals([format.number(1234567), spanish.number(1234567)], ["1,234,567", "1.234.567"]);
  assertEquals([format.percent(0.9242), format.share(0.07)], ["92.4%", "7 %"]);
  assertEquals([format.bytes(112_345_678), format.bytes(0), format.bytes(999)], [
    "112 MB",
    "0 B",
    "999 B",
  ]);
  assertEquals([format.rate(2.4321), format.rate(12_345)], ["2.43", "12,345"]);
});

Deno.test("Format.moment() names the day when it is another one", () => {
  const noon = new Date(2026, 10, 22, 12, 0, 5).getTime();
  assertEquals(format.moment(noon, noon + 1000), "12:00:05");
  assertEquals(format.moment(noon, noon + 2 * 86_400_000), "Nov 22, 12:00");
});
