/**
 * Reads and writes cookies in headers.
 *
 * @module
 */

/** A cookie as the server sets it. */
export interface Cookie {
  name: string;
  value: string;
  /** A point in time, as Date or in milliseconds since 1970. */
  expires?: Date | number;
  /** Seconds. */
  maxAge?: number;
  domain?: string;
  path?: string;
  secure?: boolean;
  httpOnly?: boolean;
  partitioned?: boolean;
  sameSite?: "Strict" | "Lax" | "None";
  /** Further attributes in the form `key=value`. */
  unparsed?: string[];
}

/** The cookies of a request by name; values are given as they were sent. */
export function getCookies(headers: Headers): Record<string, string> {
  const cookies: Record<string, string> = {};
  for (const pair of headers.get("Cookie")?.split(";") ?? []) {
    const [name = "", ...value] = pair.split("=");
    // Defined, not assigned: a cookie may be called like a property that all objects have.
    Object.defineProperty(cookies, name.trim(), {
      value: value.join("="),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return cookies;
}

/**
 * Adds the cookie to the headers of a response; a cookie without a name is left out.
 *
 * Throws an Error if a part of the cookie could not be sent as it is.
 */
export function setCookie(headers: Headers, cookie: Cookie): void {
  const text = cookieText(cookie);
  if (text) headers.append("Set-Cookie", text);
}

/** Makes the browser forget the cookie; path and domain must be those it was set with. */
export function deleteCookie(
  headers: Headers,
  name: string,
  attributes?: Pick<Cookie, "path" | "domain" | "secure" | "httpOnly" | "partitioned">,
): void {
  setCookie(headers, { ...attributes, name, value: "", expires: new Date(0) });
}

function cookieText(cookie: Cookie): string {
  if (!cookie.name) return "";
  const { name, value, maxAge, domain, path, sameSite, expires } = withPrefixRules(cookie);
  validate(cookie);
  return [
    `${name}=${value}`,
    cookie.secure || /^__(Secure|Host)-/.test(name) ? "Secure" : "",
    cookie.httpOnly ? "HttpOnly" : "",
    cookie.partitioned ? "Partitioned" : "",
    maxAge === undefined ? "" : `Max-Age=${maxAge}`,
    domain ? `Domain=${domain}` : "",
    sameSite ? `SameSite=${sameSite}` : "",
    path ? `Path=${path}` : "",
    expires === undefined ? "" : `Expires=${new Date(expires).toUTCString()}`,
    ...cookie.unparsed ?? [],
  ].filter((part) => part !== "").join("; ");
}

/** Browsers accept `__Host-` cookies only for one host and all of its paths. */
function withPrefixRules(cookie: Cookie): Cookie {
  if (!cookie.name.startsWith("__Host-")) return cookie;
  const { domain: _, ...rest } = cookie;
  return { ...rest, path: "/" };
}

function validate({ name, value, maxAge, domain, path }: Cookie): void {
  if (!/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name)) {
    throw new SyntaxError(`Invalid cookie name: "${name}"`);
  }
  if (!/^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*$/.test(value)) {
    throw new SyntaxError(`RFC2616 cookie '${name}' cannot contain the value '${value}'`);
  }
  if (maxAge !== undefined && (!Number.isInteger(maxAge) || maxAge < 0)) {
    throw new RangeError(`Max-Age must be a whole number of seconds, 0 or more: got ${maxAge}`);
  }
  // deno-lint-ignore no-control-regex -- control characters would end the header
  if (path && /[\x00-\x1f;\x7f]/.test(path)) {
    throw new SyntaxError(`Cookie path cannot contain control characters or ';': got ${path}`);
  }
  if (domain && (domain.startsWith("-") || /[.-]$/.test(domain))) {
    throw new SyntaxError(`Invalid first/last char in cookie domain: ${domain}`);
  }
}
