/**
 * The beginning of a self-extracting file: a script for any POSIX sh that unpacks the parts behind
 * it once into a folder of the user, and then becomes the program.
 *
 * What it holds to: a part is run only after its checksum was compared, at every start; it gets its
 * name by a rename, so several first starts at once cannot see each other's halves; the folder
 * belongs to the user alone; the program replaces the shell, so signals and exit codes are its own.
 *
 * @module
 */

/** One part behind the script. */
export interface StubPart {
  /** Name of the unpacked file, relative to the folder of all programs. */
  readonly name: string;
  /** What `cksum` says of it. */
  readonly cksum: string;
}

/** A part made of whole lines. */
export interface TextPart extends StubPart {
  readonly lines: number;
}

export interface StubOptions {
  readonly program: string;
  readonly version: string;
  /** What the machine must be, for people and as a pattern on `uname -s` and `uname -m`. */
  readonly system: string;
  readonly uname: string;
  /** Folder of the texts within the folder of all programs; the first text is the program. */
  readonly folder: string;
  readonly texts: readonly TextPart[];
  readonly textBytes: number;
  readonly runtime: StubPart;
  /** Arguments of the runtime before the program; `$app` stands for the folder of the texts. */
  readonly runArguments: readonly string[];
}

/** The script. It knows its own length, in lines and in bytes, to find what stands behind it. */
export function stubScript(options: StubOptions): string {
  // Numbers of a fixed width keep the length of the script from depending on themselves.
  const draft = script(options, { lines: 0, bytes: 0 });
  return script(options, {
    lines: draft.split("\n").length - 1,
    bytes: new TextEncoder().encode(draft).length,
  });
}

function script(options: StubOptions, own: { lines: number; bytes: number }): string {
  const padded = (value: number) => String(value).padEnd(10);
  let firstLine = own.lines + 1;
  const texts = options.texts.map((text) => {
    const line = `  part '${text.name}' '${text.cksum}' lines ${
      padded(firstLine)
    } ${text.lines} &&`;
    firstLine += text.lines;
    return line;
  });
  const firstByte = padded(own.bytes + options.textBytes + 1);
  const { program, version, system, uname, folder, runtime } = options;
  return `#!/bin/sh
# ${program} ${version} of Enjambre for ${system}: unpacks itself once, then runs.
# Unpacked files lie in ENJAMBRE_CACHE, else in the user's cache folder, else in TMPDIR.
fail() { echo "${program}: $1" >&2; exit 1; }
PATH=\${PATH:-/usr/local/bin:/usr/bin:/bin}
mask=$(umask)
umask 077
case "$(uname -s) $(uname -m)" in
  ${uname}) ;;
  *) fail "This file is for ${system}, and this is $(uname -s) on $(uname -m): compile it with --target for this machine" ;;
esac
command -v cksum >/dev/null || fail "Unpacking needs cksum: install coreutils"

# A folder of this user that nobody else can enter.
own() {
  [ ! -h "$1" ] && mkdir -p "$1" 2>/dev/null && ls -ldn "$1" | {
    read -r mode _ owner _
    case "$mode $owner" in drwx--[-S]---*" $(id -u)") ;; *) false ;; esac
  }
}
intact() { [ -f "$1" ] && case "$(cksum <"$1") " in "$2 "*) ;; *) false ;; esac; }
# part NAME CKSUM lines FIRST COUNT | part NAME CKSUM bytes FIRST
part() {
  intact "$base/$1" "$2" && return
  new="$base/$1.$(uname -n).$$"
  trap 'rm -f "$new"; exit 130' INT
  trap 'rm -f "$new"; exit 143' HUP TERM
  case $3 in
    lines) tail -n "+$4" "$self" 2>/dev/null | head -n "$5" ;;
    bytes) tail -c "+$4" "$self" ;;
  esac >"$new" 2>/dev/null
  if ! intact "$new" "$2"; then
    why="the disk is full, or this file is not whole: copy it again"
  elif [ "$3" = bytes ] && ! { chmod 700 "$new" && "$new" --version >/dev/null 2>&1; }; then
    why="programs may not run from there, or this system lacks what the program needs (glibc)"
  elif mv -f "$new" "$base/$1"; then
    trap - HUP INT TERM
    return
  fi
  rm -f "$new"
  trap - HUP INT TERM
  return 1
}
unpack() {
  why="it is not writable, or others may enter it"
  own "$base" && own "$base/${folder}" &&
${texts.join("\n")}
  part '${runtime.name}' '${runtime.cksum}' bytes ${firstByte}
}

self=$0
tried=
for base in "\${ENJAMBRE_CACHE:+$ENJAMBRE_CACHE/enjambre-$(id -u)}" \\
  "\${XDG_CACHE_HOME:+$XDG_CACHE_HOME/enjambre}" \\
  "\${HOME:+$HOME/.cache/enjambre}" "\${TMPDIR:-/tmp}/enjambre-$(id -u)"; do
  # A comma would part the list of folders that the program may read.
  case $base in *,*) continue ;; /*) ;; *) continue ;; esac
  if unpack; then
    umask "$mask"
    app=$base/${folder}
    export DENO_DIR="$base/deno_dir" DENO_NO_UPDATE_CHECK=1 DENO_NO_PACKAGE_JSON=1
    export FARM_STARTED_AS="$self"
    exec "$base/${runtime.name}" ${options.runArguments.join(" ")} "$base/${
    options.texts[0]!.name
  }" "$@"
  fi
  tried="$tried
  $base: $why"
done
fail "Cannot unpack; name a folder with 100 MB of space in ENJAMBRE_CACHE. Tried:$tried"
`;
}
