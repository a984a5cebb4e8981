/**
 * HTTP status codes by name, their texts, and guards for the five classes of codes.
 *
 * @module
 */

/** The status codes by name. */
export const STATUS_CODE = {
  Continue: 100,
  SwitchingProtocols: 101,
  Processing: 102,
  EarlyHints: 103,
  OK: 200,
  Created: 201,
  Accepted: 202,
  NonAuthoritativeInfo: 203,
  NoContent: 204,
  ResetContent: 205,
  PartialContent: 206,
  MultiStatus: 207,
  AlreadyReported: 208,
  IMUsed: 226,
  MultipleChoices: 300,
  MovedPermanently: 301,
  Found: 302,
  SeeOther: 303,
  NotModified: 304,
  UseProxy: 305,
  TemporaryRedirect: 307,
  PermanentRedirect: 308,
  BadRequest: 400,
  Unauthorized: 401,
  PaymentRequired: 402,
  Forbidden: 403,
  NotFound: 404,
  MethodNotAllowed: 405,
  NotAcceptable: 406,
  ProxyAuthRequired: 407,
  RequestTimeout: 408,
  Conflict: 409,
  Gone: 410,
  LengthRequired: 411,
  PreconditionFailed: 412,
  ContentTooLarge: 413,
  URITooLong: 414,
  UnsupportedMediaType: 415,
  RangeNotSatisfiable: 416,
  ExpectationFailed: 417,
  Teapot: 418,
  MisdirectedRequest: 421,
  UnprocessableEntity: 422,
  Locked: 423,
  FailedDependency: 424,
  TooEarly: 425,
  UpgradeRequired: 426,
  PreconditionRequired: 428,
  TooManyRequests: 429,
  RequestHeaderFieldsTooLarge: 431,
  UnavailableForLegalReasons: 451,
  InternalServerError: 500,
  NotImplemented: 501,
  BadGateway: 502,
  ServiceUnavailable: 503,
  GatewayTimeout: 504,
  HTTPVersionNotSupported: 505,
  VariantAlsoNegotiates: 506,
  InsufficientStorage: 507,
  LoopDetected: 508,
  NotExtended: 510,
  NetworkAuthenticationRequired: 511,
} as const;

/** A status code that has a name. */
export type StatusCode = (typeof STATUS_CODE)[keyof typeof STATUS_CODE];

/** The text of each status code; it is the name in separate words. */
export const STATUS_TEXT: Readonly<Record<StatusCode, string>> = Object.fromEntries(
  Object.entries(STATUS_CODE).map(([name, code]) => [
    code,
    name === "Teapot"
      ? "I'm a teapot"
      : name.replaceAll(/(?<=[a-z])[A-Z]|(?<=.)[A-Z](?=[a-z])/g, " $&"),
  ]),
) as Record<StatusCode, string>;

/** The text of a status code. */
export type StatusText = string;

type StartingWith<Digit extends number> = Extract<`${StatusCode}`, `${Digit}${string}`> extends
  `${infer Code extends number}` ? Code : never;

/** 1xx */
export type InformationalStatus = StartingWith<1>;
/** 2xx */
export type SuccessfulStatus = StartingWith<2>;
/** 3xx */
export type RedirectStatus = StartingWith<3>;
/** 4xx */
export type ClientErrorStatus = StartingWith<4>;
/** 5xx */
export type ServerErrorStatus = StartingWith<5>;
/** 4xx and 5xx */
export type ErrorStatus = ClientErrorStatus | ServerErrorStatus;

/** Whether the number is a status code that has a name. */
export function isStatus(status: number): status is StatusCode {
  return status in STATUS_TEXT;
}

/** Whether the number is a 1xx code. */
export function isInformationalStatus(status: number): status is InformationalStatus {
  return isBetween(status, 100, 199);
}

/** Whether the number is a 2xx code. */
export function isSuccessfulStatus(status: number): status is SuccessfulStatus {
  return isBetween(status, 200, 299);
}

/** Whether the number is a 3xx code. */
export function isRedirectStatus(status: number): status is RedirectStatus {
  return isBetween(status, 300, 399);
}

/** Whether the number is a 4xx code. */
export function isClientErrorStatus(status: number): status is ClientErrorStatus {
  return isBetween(status, 400, 499);
}

/** Whether the number is a 5xx code. */
export function isServerErrorStatus(status: number): status is ServerErrorStatus {
  return isBetween(status, 500, 599);
}

/** Whether the number is a 4xx or 5xx code. */
export function isErrorStatus(status: number): status is ErrorStatus {
  return isBetween(status, 400, 599);
}

function isBetween(status: number, first: number, last: number): boolean {
  return isStatus(status) && status >= first && status <= last;
}
