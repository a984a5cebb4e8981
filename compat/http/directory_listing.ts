/**
 * A page that lists a folder.
 *
 * @module
 */

/** What the page says. */
export interface DirectoryListingOptions {
  title: string;
  /** Whether files that begin with a dot are named. */
  showDotfiles: boolean;
}

/** HTML with one relative link per entry, folders first, each group by name. */
export async function directoryListing(
  folder: string,
  { title, showDotfiles }: DirectoryListingOptions,
): Promise<string> {
  const entries = (await Array.fromAsync(Deno.readDir(folder)))
    .filter((entry) => showDotfiles || !entry.name.startsWith("."))
    .sort((a, b) => Number(b.isDirectory) - Number(a.isDirectory) || a.name.localeCompare(b.name));
  const parent = title === "/" ? [] : [{ name: "..", isDirectory: true }];
  const items = [...parent, ...entries].map(({ name, isDirectory }) => {
    const slash = isDirectory ? "/" : "";
    return `<li><a href="./${encodeURIComponent(name)}${slash}">${
      escapeHtml(name)
    }${slash}</a></li>`;
  });
  return `<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>${escapeHtml(title)}</title></head>
<body><h1>${escapeHtml(title)}</h1><ul>
${items.join("\n")}
</ul></body>
</html>
`;
}

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
