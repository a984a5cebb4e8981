/**
 * What a caller declares about its command line, and the record type that follows from it.
 *
 * @module
 */

/** What is known about the options of a command line. */
export interface ParseOptions {
  /** Puts what stands after `--` under the key `--` instead of `_`. @default {false} */
  "--"?: boolean;
  /** Other names of an option; all names of one option carry the same value. */
  alias?: Readonly<Record<string, string | readonly string[]>>;
  /**
   * Options that are true or false; they take no value unless it is spelled `true` or `false`.
   * `true` means all double-dash options without an equals sign.
   */
  boolean?: boolean | string | readonly string[];
  /** Values of options that are not given; dots in the key lead into nested objects. */
  default?: Readonly<Record<string, unknown>>;
  /** Puts everything from the first operand on into `_`. @default {false} */
  stopEarly?: boolean;
  /** Options whose value stays text; `_` means the operands. */
  string?: string | readonly string[];
  /** Options whose values are gathered in an array; of others the last value wins. */
  collect?: string | readonly string[];
  /** Options that `--no-` in front of the name sets to false. */
  negatable?: string | readonly string[];
  /** Called for each argument that no option here declares; what it answers `false` for is left out. */
  unknown?: (arg: string, key?: string, value?: unknown) => unknown;
}

/** The parsed command line. Names in `boolean`, `string`, `collect` and `default` are typed, all others unknown. */
export type Args<O extends ParseOptions = ParseOptions> =
  & Record<string, unknown>
  & WithAliases<Known<O>, O>
  & {
    /** The operands: arguments that belong to no option. */
    _: Array<string | number>;
  }
  & DoubleDash<O>;

/** The options without the keys that no command line parser knows; those are typing errors. */
export type Exact<O> = O & { [Key in Exclude<keyof O, keyof ParseOptions>]: never };

type Known<O> =
  & { [Name in Exclude<Present<O>, Dotted>]: Value<O, Name> }
  & { [Name in Exclude<Names<O, "string">, Present<O> | Dotted>]?: Value<O, Name> | undefined };

/** Names whose value is there even if the option is not given. */
type Present<O> =
  | Names<O, "boolean">
  | Names<O, "collect">
  | Extract<keyof Defaults<O>, string>;

type Dotted = `${string}.${string}`;

type Value<O, Name> =
  | (Name extends Names<O, "collect"> ? Array<Single<O, Name>> : Single<O, Name>)
  | (Name extends Names<O, "negatable"> ? false : never)
  | (Name extends keyof Defaults<O> ? Widened<Defaults<O>[Name]> : never);

type Single<O, Name> = Name extends Names<O, "boolean"> ? boolean
  : Name extends Names<O, "string"> ? string
  : unknown;

type Names<O, Key extends keyof ParseOptions> = Key extends keyof O ? O[Key] extends string ? O[Key]
  : O[Key] extends readonly (infer Name extends string)[] ? Name
  : never
  : never;

type Defaults<O> = O extends { default: infer Values extends object } ? Values
  : Record<never, never>;

/** Literal types come from the inference of names; a default of 5000 is still any number. */
type Widened<T> = T extends string ? string
  : T extends number ? number
  : T extends boolean ? boolean
  : T extends readonly (infer Element)[] ? Array<Widened<Element>>
  : T;

type WithAliases<Values, O> = {
  [Name in keyof Values as Name | AliasesOf<O, Name>]: Values[Name];
};

type AliasesOf<O, Name> = O extends { alias: infer Aliases }
  ? Name extends keyof Aliases ? Aliases[Name] extends string ? Aliases[Name]
    : Aliases[Name] extends readonly (infer Alias extends string)[] ? Alias
    : never
  : never
  : never;

type DoubleDash<O> = O extends { "--": true } ? { "--": string[] }
  : O extends { "--": boolean } ? { "--"?: string[] }
  : unknown;
