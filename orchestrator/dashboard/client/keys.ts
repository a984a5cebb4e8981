/**
 * Everything by keyboard: `?` for help, `/` to search, `g` and a letter to go somewhere, `j` and `k`
 * along the rows.
 *
 * @module
 */
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />

/** Time between `g` and the letter, ms. */
const SEQUENCE_MS = 1200;

export function listenToKeys({ refresh }: { refresh: () => void }): void {
  const help = document.getElementById("help") as HTMLDialogElement | null;
  document.querySelector("[data-help]")?.addEventListener("click", () => help?.showModal());
  let goUntil = 0;
  const simple: Readonly<Record<string, () => void>> = {
    "?": () => help?.showModal(),
    "/": () => (document.getElementById("find") as HTMLInputElement | null)?.select(),
    "j": () => moveRow(1),
    "k": () => moveRow(-1),
    "r": refresh,
    "g": () => {
      goUntil = performance.now() + SEQUENCE_MS;
    },
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isWriting(event.target)) return;
    if (performance.now() < goUntil) {
      goUntil = 0;
      const link = document.querySelector<HTMLAnchorElement>(
        `[data-go="${CSS.escape(event.key)}"]`,
      );
      if (link === null) return;
      event.preventDefault();
      location.assign(link.href);
      return;
    }
    const action = simple[event.key];
    if (action === undefined || help?.open) return;
    event.preventDefault();
    action();
  });
}

function isWriting(target: EventTarget | null): boolean {
  const element = target as HTMLElement | null;
  if (element?.matches?.("input, textarea, select") !== true) return false;
  return true;
}

/** The next row's first link gets the focus, so Enter opens it. */
function moveRow(by: number): void {
  const links = [...document.querySelectorAll<HTMLElement>(".rows tbody tr")]
    .flatMap((row) => row.querySelector<HTMLElement>("a") ?? []);
  const at = links.findIndex((link) => link === document.activeElement);
  const next = at < 0 ? (by > 0 ? 0 : links.length - 1) : at + by;
  links[next]?.focus();
}
