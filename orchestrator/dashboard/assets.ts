/**
 * The browser's part, embedded in the program: nothing is fetched from anywhere else, and a compiled
 * program carries it along. Addresses hold a digest of the content, so they may be kept for ever.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { Hono } from "hono";
import script from "./bundle/app.js" with { type: "text" };
import style from "./bundle/app.css" with { type: "text" };
import { TAB_ICON } from "./icon.tsx";

/** The style sheet, for pages that must stand alone. */
export const STYLE_TEXT: string = style;

const FOR_EVER = "public, max-age=31536000, immutable";

function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

const ASSETS = {
  [`app.${digestOf(script)}.js`]: { text: script, type: "text/javascript; charset=utf-8" },
  [`app.${digestOf(style)}.css`]: { text: style, type: "text/css; charset=utf-8" },
  "icon.svg": { text: TAB_ICON, type: "image/svg+xml" },
};
const [scriptName, styleName] = Object.keys(ASSETS) as [string, string];
export const SCRIPT_URL = `/ui/assets/${scriptName}`;
export const STYLE_URL = `/ui/assets/${styleName}`;

export function assetRoutes(): Hono {
  const app = new Hono();
  for (const [name, { text, type }] of Object.entries(ASSETS)) {
    const etag = `"${digestOf(text)}"`;
    const headers = { "content-type": type, "cache-control": FOR_EVER, etag };
    app.get(`/ui/assets/${name}`, (c) => {
      if (c.req.header("if-none-match") === etag) return c.body(null, 304, headers);
      return c.body(text, 200, headers);
    });
  }
  return app;
}
