/**
 * Lets the user choose one entry of a list.
 *
 * @module
 */
import { type MenuOptions, type PromptEntry, runMenu } from "./select_menu.ts";
export type { PromptEntry, PromptEntryWithValue } from "./select_menu.ts";

/** How the prompt looks. */
export type PromptSelectOptions = MenuOptions;

/**
 * Shows the list and waits until an entry is chosen with Enter or Space; arrows move, typing filters,
 * Ctrl-C ends the program. Returns the entry, or null without a terminal or where nothing matches.
 */
export function promptSelect<V = undefined>(
  message: string,
  values: PromptEntry<V>[],
  options: PromptSelectOptions = {},
): PromptEntry<V> | null {
  if (!Deno.stdin.isTerminal()) return null;
  const labels = values.map((entry) => typeof entry === "string" ? entry : entry.label);
  const index = runMenu({ message, labels, options, mark: () => "", onSpace: () => true });
  return index === undefined ? null : values[index] ?? null;
}
