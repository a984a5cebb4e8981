/**
 * Finds out which media type a client wants.
 *
 * @module
 */

/** The media types of the `Accept` header, the most wanted first. */
export function accepts(request: Pick<Request, "headers">): string[];
/** The one of these media types that the client wants most; undefined if it wants none of them. */
export function accepts(
  request: Pick<Request, "headers">,
  ...types: string[]
): string | undefined;
export function accepts(
  request: Pick<Request, "headers">,
  ...types: string[]
): string | string[] | undefined {
  const wishes = parseAccept(request.headers.get("accept") ?? "*/*");
  if (types.length === 0) {
    return wishes.filter((wish) => wish.quality > 0).sort(byQuality).map((wish) => wish.type);
  }
  const offers = types.flatMap((type) => {
    const wish = mostSpecific(wishes.filter((candidate) => isCovered(type, candidate)));
    return wish && wish.quality > 0 ? [{ ...wish, type }] : [];
  });
  return offers.sort((a, b) =>
    byQuality(a, b) || b.specificity - a.specificity || a.order - b.order
  )
    .at(0)?.type;
}

interface Wish {
  /** As it was written, without the quality: `text/html;level=1`. */
  type: string;
  quality: number;
  /** Position in the header. */
  order: number;
  /** Between two wishes that cover the same type the more specific one counts. */
  specificity: number;
}

function parseAccept(header: string): Wish[] {
  return header.split(",").flatMap((part, order) => {
    const [range = "", ...parameters] = part.split(";").map((text) => text.trim());
    const [main, sub] = range.split("/");
    if (!main || !sub) return [];
    const quality = parameters.find((text) => /^q=/i.test(text));
    const others = parameters.filter((text) => text !== quality && text !== "");
    const wildcards = main === "*" ? 0 : sub === "*" ? 1 : 2;
    return [{
      type: [range, ...others].join(";"),
      quality: quality === undefined ? 1 : Number(quality.slice(2)) || 0,
      order,
      specificity: wildcards * 100 + others.length,
    }];
  });
}

function isCovered(type: string, wish: Wish): boolean {
  const [range = "", ...needed] = wish.type.toLowerCase().split(";");
  const [offered = "", ...given] = type.toLowerCase().split(";").map((text) => text.trim());
  const [main, sub] = range.split("/");
  const [offeredMain, offeredSub] = offered.split("/");
  return offeredSub !== undefined && (main === "*" || main === offeredMain) &&
    (sub === "*" || sub === offeredSub) && needed.every((parameter) => given.includes(parameter));
}

function mostSpecific(wishes: Wish[]): Wish | undefined {
  return wishes.toSorted((a, b) => b.specificity - a.specificity).at(0);
}

function byQuality(a: Wish, b: Wish): number {
  return b.quality - a.quality;
}
