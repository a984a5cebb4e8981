/**
 * Times as they stand in file names: local, `YYYYMMDD_HHMMSS`.
 *
 * @module
 */

/** The stamp of a moment (epoch ms), e.g. `20240708_143000`. */
export function fileStamp(epochMs: number): string {
  const date = new Date(epochMs);
  const two = (value: number) => String(value).padStart(2, "0");
  const day = `${date.getFullYear()}${two(date.getMonth() + 1)}${two(date.getDate())}`;
  return `${day}_${two(date.getHours())}${two(date.getMinutes())}${two(date.getSeconds())}`;
}
