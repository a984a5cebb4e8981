/**
 * Lets the user choose any number of entries of a list.
 *
 * @module
 */
import { type MenuOptions, type PromptEntry, runMenu } from "./select_menu.ts";
export type { PromptEntry, PromptEntryWithValue } from "./select_menu.ts";

/** How the prompt looks. */
export type PromptMultipleSelectOptions = MenuOptions;

/**
 * Shows the list; Space selects or deselects an entry, Enter finishes, arrows move, typing filters,
 * Ctrl-C ends the program. Returns the entries in the order of the list, or null without a terminal.
 */
export function promptMultipleSelect<V = undefined>(
  message: string,
  values: PromptEntry<V>[],
  options: PromptMultipleSelectOptions = {},
): PromptEntry<V>[] | null {
  if (!Deno.stdin.isTerminal()) return null;
  const labels = values.map((entry) => typeof entry === "string" ? entry : entry.label);
  const chosen = new Set<number>();
  runMenu({
    message,
    labels,
    options,
    mark: (index) => chosen.has(index) ? "◉ " : "◯ ",
    onSpace(index) {
      if (!chosen.delete(index)) chosen.add(index);
      return false;
    },
  });
  return values.filter((_, index) => chosen.has(index));
}
