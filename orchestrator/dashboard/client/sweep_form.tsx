/** @jsxImportSource hono/jsx/dom */
/**
 * The form of a sweep, made of the algorithms' own parameters; what is wrong stands beside its field.
 *
 * @module
 */
// The compiler asks for the types of elements here, whatever the first line says.
import type {} from "hono/jsx/jsx-runtime";
import { useEffect, useState } from "hono/jsx/dom";
import type { SubmitPreview, SubmitSettings } from "../submit.tsx";
import { fill, format } from "./page_data.ts";
import { fieldOf, sweepFile, type SweepForm } from "./sweep.ts";

export function Sweep(
  { settings, setText, preview }: {
    settings: SubmitSettings;
    setText: (text: string) => void;
    preview: SubmitPreview | null;
  },
) {
  const { words, parameters, algorithms, priorities } = settings;
  const [form, setForm] = useState<SweepForm>({
    algorithm: algorithms.at(-1)?.name ?? "",
    prefix: "sweep_",
    priority: "medium",
    description: "",
    values: Object.fromEntries(parameters.map(({ name, value }) => [name, String(value)])),
  });
  const { text, problems } = sweepFile(form, parameters);
  useEffect(() => setText(text ?? ""), [text]);
  const set = (change: Partial<SweepForm>) => setForm({ ...form, ...change });
  const problemOf = (name: string) =>
    problems[name] ?? preview?.errors.find(({ path }) => fieldOf(path) === name)?.message;
  return (
    <div class="stack">
      <p class="hint">{words["submit.repeats"]}</p>
      <Select
        label={words["column.algorithm"]!}
        value={form.algorithm}
        options={algorithms.map(({ name }) => name)}
        change={(algorithm) => set({ algorithm })}
      />
      <p class="hint">{algorithms.find(({ name }) => name === form.algorithm)?.description}</p>
      {parameters.map(({ name, min, max }) => (
        <Field
          key={name}
          label={name}
          value={form.values[name] ?? ""}
          hint={fill(words["submit.values_hint"]!, {
            min: format.number(min),
            max: format.number(max),
          })}
          problem={problemOf(name)}
          change={(value) => set({ values: { ...form.values, [name]: value } })}
        />
      ))}
      <Field
        label={words["submit.prefix"]!}
        value={form.prefix}
        problem={problemOf("prefix")}
        change={(prefix) => set({ prefix })}
      />
      <Select
        label={words["column.priority"]!}
        value={form.priority}
        options={priorities}
        change={(priority) => set({ priority })}
      />
      <Field
        label={words["column.description"]!}
        value={form.description}
        change={(description) => set({ description })}
      />
      {problems["values"] === undefined ? null : <p class="bad">{problems["values"]}</p>}
    </div>
  );
}

function Field(
  { label, value, hint, problem, change }: {
    label: string;
    value: string;
    hint?: string;
    problem?: string | undefined;
    change: (value: string) => void;
  },
) {
  const id = `field-${label.replace(/\W+/g, "-")}`;
  return (
    <label>
      {label}
      <input
        value={value}
        aria-invalid={problem === undefined ? "false" : "true"}
        aria-describedby={id}
        onInput={(event) => change((event.target as HTMLInputElement).value)}
      />
      <small id={id} class={problem === undefined ? "hint" : "bad"}>{problem ?? hint ?? ""}</small>
    </label>
  );
}

function Select(
  { label, value, options, change }: {
    label: string;
    value: string;
    options: readonly string[];
    change: (value: string) => void;
  },
) {
  return (
    <label>
      {label}
      <select onChange={(event) => change((event.target as HTMLSelectElement).value)}>
        {options.map((option) => (
          <option key={option} value={option} selected={option === value}>{option}</option>
        ))}
      </select>
    </label>
  );
}
