/**
 * The frame of every page: head, navigation, and what the browser's part needs to go on from.
 *
 * @module
 */
// deno-lint-ignore-file jsx-key -- keys are for lists that change in a browser
import type { Child } from "hono/jsx";
import { VERSION } from "../../contract/version.ts";
import type { WordKey } from "../../platform/i18n.ts";
import { SCRIPT_URL, STYLE_URL } from "./assets.ts";
import { Icon } from "./icon.tsx";
import { Looking } from "./parts.tsx";
import { here, link, THEMES, type View } from "./view.ts";

/** Pages in the navigation, each with the letter that goes there after `g`. */
const PAGES = [
  { name: "overview", path: "/ui", key: "o" },
  { name: "tasks", path: "/ui/tasks", key: "t" },
  { name: "batches", path: "/ui/batches", key: "b" },
  { name: "workers", path: "/ui/workers", key: "w" },
  { name: "errors", path: "/ui/errors", key: "e" },
  { name: "submit", path: "/ui/submit", key: "s" },
] as const;
export type PageName = typeof PAGES[number]["name"];

/** Sentences that the browser's part says by itself. */
const BROWSER_WORDS = [
  "live.connected",
  "live.connecting",
  "live.paused",
  "live.announce",
  "chart.waiting",
  "chart.running",
  "chart.throughput",
  "chart.p50",
  "chart.p95",
  "chart.p99",
  "chart.none",
] as const satisfies readonly WordKey[];

export interface PageOptions {
  readonly view: View;
  readonly title: string;
  /** Null: none of those in the navigation. */
  readonly page: PageName | null;
  /** What the page wants to hear of; see `GET /events`. */
  readonly topics: readonly string[];
  /** Shortest time between two looks of the browser at what changed, ms. @default 2000 */
  readonly pauseMs?: number;
  readonly children?: Child;
}

export function Page({ view, title, page, topics, pauseMs = 2000, children }: PageOptions) {
  const { t, language, theme } = view;
  const words = Object.fromEntries(BROWSER_WORDS.map((key) => [key, t(key)]));
  return (
    <html lang={language} data-theme={theme}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{`${title} · Enjambre`}</title>
        <link rel="icon" href="/ui/assets/icon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href={STYLE_URL} />
        <script type="module" src={SCRIPT_URL}></script>
      </head>
      <body
        data-topics={topics.join(",")}
        data-pause={String(pauseMs)}
        data-event={view.eventId === undefined ? undefined : String(view.eventId)}
        data-language={language}
        data-words={JSON.stringify(words)}
      >
        <a class="skip" href="#main">{t("nav.skip")}</a>
        <Header view={view} page={page} live={topics.length > 0} />
        <main id="main" tabindex={-1}>
          <Notice view={view} />
          <Looking view={view} />
          {children}
        </main>
        <Footer view={view} />
        <Shortcuts view={view} />
        <p class="unseen" role="status" aria-live="polite" id="announcer"></p>
      </body>
    </html>
  );
}

function Header({ view, page, live }: { view: View; page: PageName | null; live: boolean }) {
  const { t } = view;
  return (
    <header class="top">
      <a class="brand" href="/ui">
        <Icon name="swarm" />
        <span>Enjambre</span>
      </a>
      <nav aria-label={t("nav.label")}>
        {PAGES.map(({ name, path, key }) => (
          <a href={path} data-go={key} aria-current={name === page ? "page" : undefined}>
            {t(`nav.${name}`)}
          </a>
        ))}
      </nav>
      <form class="find" role="search" action="/ui/tasks">
        <label class="unseen" for="find">{t("nav.search")}</label>
        <input
          id="find"
          type="search"
          name="text"
          placeholder={t("nav.search")}
          value={view.url.searchParams.get("text") ?? ""}
          maxlength={500}
        />
        <kbd aria-hidden="true">/</kbd>
      </form>
      <span class="live" id="live" data-state="off" hidden={!live}>
        <i aria-hidden="true"></i>
        <span>{t("live.off")}</span>
      </span>
    </header>
  );
}

/** What an action came to, told by the address it led back to. */
function Notice({ view }: { view: View }) {
  const { t, url } = view;
  const done = url.searchParams.get("done");
  const n = Number(url.searchParams.get("n") ?? 1);
  const keys: Record<string, WordKey> = {
    cancel: "done.cancel",
    retry: "done.retry",
    drain: "done.drain",
    resume: "done.resume",
    submit: "done.submit",
    notify: "done.notify",
  };
  const key = keys[done ?? ""];
  if (key === undefined || !Number.isSafeInteger(n)) return null;
  return <p class="notice" role="status">{t(key, { n })}</p>;
}

function Footer({ view }: { view: View }) {
  const { t, language, theme } = view;
  const back = here(view, { lang: null });
  const other = language === "en" ? "es" : "en";
  const nextTheme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length]!;
  return (
    <footer class="bottom">
      <span>{`Enjambre ${VERSION}`}</span>
      <button type="button" class="plain" data-help>
        {t("help.open")} <kbd aria-hidden="true">?</kbd>
      </button>
      <a href={link("/ui/preferences", { theme: nextTheme, back })} rel="nofollow">
        {t("theme.label")}: {t(`theme.${theme}`)}
      </a>
      <a
        href={link("/ui/preferences", { lang: other, back })}
        hreflang={other}
        lang={other}
        rel="nofollow"
      >
        {other === "es" ? "Español" : "English"}
      </a>
      {view.signedIn && (
        <form method="post" action="/logout">
          <button type="submit" class="plain">{t("login.sign_out")}</button>
        </form>
      )}
      <a href="/openapi.json">API</a>
      <a href="/metrics">{t("nav.metrics")}</a>
    </footer>
  );
}

function Shortcuts({ view: { t } }: { view: View }) {
  const rows: [string, string][] = [
    ["?", t("help.open")],
    ["/", t("nav.search")],
    ["j k", t("help.rows")],
    ["r", t("help.refresh")],
    ["Esc", t("help.close")],
    ...PAGES.map(({ name, key }): [string, string] => [`g ${key}`, t(`nav.${name}`)]),
  ];
  return (
    <dialog id="help" aria-labelledby="help-title">
      <h2 id="help-title">{t("help.title")}</h2>
      <dl class="keys">
        {rows.map(([keys, what]) => (
          <div>
            <dt>{keys.split(" ").map((key) => <kbd>{key}</kbd>)}</dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <form method="dialog">
        <button type="submit">{t("help.close")}</button>
      </form>
    </dialog>
  );
}
