/** @jsxImportSource hono/jsx/dom */
/**
 * The comfortable way to hand in work: drop a file, paste a text, or make a sweep; see what it comes
 * to before it is sent.
 *
 * @module
 */
// The compiler asks for the types of elements here, whatever the first line says.
import type {} from "hono/jsx/jsx-runtime";
import { render, useEffect, useState } from "hono/jsx/dom";
import type { SubmitPreview, SubmitSettings } from "../submit.tsx";
import { fill, format } from "./page_data.ts";
import { Sweep } from "./sweep_form.tsx";

type Mode = "submit.file" | "submit.paste" | "submit.sweep";
const MODES: readonly Mode[] = ["submit.file", "submit.paste", "submit.sweep"];
/** Pause after the last change before it is checked, ms. */
const CHECK_AFTER_MS = 300;
/** Longest wait for a new batch to appear, ms. */
const BATCH_WITHIN_MS = 6000;

export function startSubmit(): void {
  const place = document.getElementById("submit");
  if (place === null) return;
  const settings: SubmitSettings = JSON.parse(place.dataset["settings"] ?? "{}");
  place.replaceChildren();
  render(<Submit settings={settings} />, place);
}

function Submit({ settings }: { settings: SubmitSettings }) {
  const [mode, setMode] = useState<Mode>("submit.sweep");
  const [text, setText] = useState("");
  const [name, setName] = useState("");
  const [preview, setPreview] = useState<SubmitPreview | null>(null);
  const [message, setMessage] = useState("");
  const [sending, setSending] = useState(false);
  const { words } = settings;
  useEffect(() => {
    setPreview(null);
    if (text === "" || text.length > settings.previewBytesMax) return;
    const timer = setTimeout(() => check(text).then(setPreview, () => {}), CHECK_AFTER_MS);
    return () => clearTimeout(timer);
  }, [text]);
  const accept = async (file: File) => {
    setName(file.name);
    setText(await file.text());
  };
  const submit = async () => {
    setSending(true);
    setMessage(await send(text, name, words));
    setSending(false);
  };
  const ready = text !== "" && !sending && (preview === null || preview.errors_total === 0);
  return (
    <div class="columns submit">
      <section class="card stack">
        <div class="choice" role="group">
          {MODES.map((one) => (
            <button
              key={one}
              type="button"
              aria-pressed={one === mode ? "true" : "false"}
              onClick={() => {
                setMode(one);
                setText("");
              }}
            >
              {words[one]}
            </button>
          ))}
        </div>
        {mode === "submit.file" ? <DropPlace words={words} accept={accept} name={name} /> : null}
        {mode === "submit.paste"
          ? (
            <label>
              {words["submit.text"]}
              <textarea
                rows={16}
                spellcheck={false}
                onInput={(event) => setText((event.target as HTMLTextAreaElement).value)}
              />
            </label>
          )
          : null}
        {mode === "submit.sweep"
          ? <Sweep settings={settings} setText={setText} preview={preview} />
          : null}
        <label>
          {words["submit.name"]}
          <input
            value={name}
            maxlength={200}
            onInput={(event) => setName((event.target as HTMLInputElement).value)}
          />
        </label>
        <div class="actions">
          <button type="button" class="primary" disabled={!ready} onClick={submit}>
            {words[sending ? "submit.sending" : "submit.send"]}
          </button>
        </div>
        <p class="bad" role="alert">{message}</p>
      </section>
      <Preview settings={settings} text={text} preview={preview} />
    </div>
  );
}

function DropPlace(
  { words, accept, name }: {
    words: SubmitSettings["words"];
    accept: (file: File) => void;
    name: string;
  },
) {
  const [over, setOver] = useState(false);
  return (
    <label
      class={over ? "drop over" : "drop"}
      onDragOver={(event: DragEvent) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event: DragEvent) => {
        event.preventDefault();
        setOver(false);
        const file = event.dataTransfer?.files[0];
        if (file !== undefined) accept(file);
      }}
    >
      <span>{name === "" ? words["submit.drop"] : name}</span>
      <input
        type="file"
        accept=".json,application/json"
        aria-label={words["submit.choose"] ?? ""}
        onChange={(event) => {
          const file = (event.target as HTMLInputElement).files?.[0];
          if (file !== undefined) accept(file);
        }}
      />
    </label>
  );
}

function Preview(
  { settings, text, preview }: {
    settings: SubmitSettings;
    text: string;
    preview: SubmitPreview | null;
  },
) {
  const { words } = settings;
  const tooLarge = text.length > settings.previewBytesMax;
  return (
    <section class="card stack" aria-live="polite">
      <h2>{words["submit.preview"]}</h2>
      {preview === null
        ? <p class="empty">{words[tooLarge ? "submit.too_large" : "submit.preview_wait"]}</p>
        : preview.errors_total > 0
        ? (
          <div class="failure">
            <p>{fill(words["submit.errors"]!, { n: format.number(preview.errors_total) })}</p>
            <ul>{preview.errors.map((one) => <li key={one.message}>{messageOf(one)}</li>)}</ul>
          </div>
        )
        : (
          <div class="stack">
            <p class="question">
              {fill(words["submit.count"]!, { n: format.number(preview.tasks) })}
            </p>
            <p>
              {preview.estimate_seconds === null
                ? words["submit.no_estimate"]
                : fill(words["submit.estimate"]!, {
                  time: format.seconds(preview.estimate_seconds),
                })}
            </p>
            <ul class="lines">
              {preview.first.map((line) => (
                <li key={line}>
                  <code>{line}</code>
                </li>
              ))}
            </ul>
            <p class="hint">
              {preview.tasks > preview.first.length
                ? fill(words["submit.more"]!, {
                  n: format.number(preview.tasks - preview.first.length),
                })
                : ""}
            </p>
          </div>
        )}
    </section>
  );
}

function messageOf(error: SubmitPreview["errors"][number]): string {
  return error.line === undefined
    ? error.message
    : `${error.message} (${error.line}:${error.column ?? 1})`;
}

async function check(text: string): Promise<SubmitPreview> {
  const response = await fetch("/ui/submit/check", { method: "POST", body: text });
  return await response.json();
}

/** Sends a task file and goes to its batch; returns what went wrong. */
async function send(
  text: string,
  name: string,
  words: SubmitSettings["words"],
): Promise<string> {
  const query = name === "" ? "" : `?name=${encodeURIComponent(name)}`;
  const headers = { "content-type": "application/json" };
  try {
    const response = await fetch(`/tasks${query}`, { method: "POST", body: text, headers });
    const answer = await response.json();
    if (!response.ok) return String(answer.detail ?? response.status);
    location.assign(await batchAddress(String(answer.file)));
    return "";
  } catch {
    return words["submit.unreachable"] ?? "";
  }
}

/** The batch of a file, as soon as it was taken; else the list where it will appear. */
async function batchAddress(file: string): Promise<string> {
  const endMs = performance.now() + BATCH_WITHIN_MS;
  while (performance.now() < endMs) {
    const response = await fetch(`/batches/${encodeURIComponent(file)}`);
    const { id } = await response.json();
    if (response.ok) return `/ui/batch?${new URLSearchParams({ id })}`;
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
  return "/ui/batches";
}
