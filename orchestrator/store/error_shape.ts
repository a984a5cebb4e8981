/**
 * What is left of an error message when everything that differs from task to task is taken out.
 *
 * @module
 */

/** Characters looked at, and kept. */
const LOOKED_AT_MAX = 2000;
const KEPT_MAX = 300;

/** Equal for messages that differ in numbers, ids, quoted words and white space only. */
export function errorShape(message: string, taskId: string): string {
  const text = message.slice(0, LOOKED_AT_MAX);
  const anonymous = taskId.length < 3 ? text : text.replaceAll(taskId, "<task>");
  return anonymous
    .replace(/"[^"]*"|`[^`]*`|“[^”]*”|«[^»]*»|(?<!\w)'[^']*'(?!\w)/g, "“…”")
    .replace(/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi, "<id>")
    .replace(/\b0x[0-9a-f]+\b|\b(?=[a-f]*\d)[0-9a-f]{12,}\b/gi, "<id>")
    .replace(/\d+(?:[.,:]\d+)*(?:e[-+]?\d+)?/gi, "N")
    .replace(/\s+/g, " ")
    .trim()
    .slice(0, KEPT_MAX);
}
