import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import vm from "node:vm";

/** A node or token of a query's syntax: its kind, its text if it is a token, and its parts by the grammar's names. */
export interface Syntax {
  readonly kind: string;
  readonly text: string;
  /** Null where the grammar's optional part is missing. */
  part(name: string): Syntax | null;
  /** The elements of a list, without separators. */
  readonly elements: readonly Syntax[];
}

export interface Column {
  readonly name: string;
  readonly type: string;
}

export interface Analysis {
  readonly syntax: Syntax;
  /** What the compiler finds fault with; none for a good query. */
  readonly faults: readonly string[];
  readonly columns: readonly Column[];
}

/** Table name → column name → KQL type. */
export type Schema = Readonly<Record<string, Readonly<Record<string, string>>>>;

// The library is C# compiled to JavaScript, without usable types: the few members that are used, by their own names.
interface KustoNode {
  readonly Kind: number;
  readonly ChildCount: number;
  readonly NameInParent: string | null;
  readonly Text?: string;
  GetChild(index: number): KustoNode | null;
}

interface KustoLibrary {
  readonly Kusto: {
    readonly Language: {
      readonly Symbols: {
        readonly TableSymbol: { readonly $ctor7: new (name: string, columns: string, none: null) => object };
        readonly DatabaseSymbol: { readonly ctor: new (name: string, tables: readonly object[]) => object };
      };
      readonly GlobalState: { readonly Default: { WithDatabase(database: object): object } };
      readonly KustoCode: {
        ParseAndAnalyze(
          text: string,
          globals: object,
        ): {
          readonly Syntax: KustoNode;
          readonly ResultType: { readonly Columns?: object } | null;
          GetDiagnostics(): object;
        };
      };
      readonly Syntax: { readonly SyntaxKind: Readonly<Record<string, unknown>> };
    };
  };
  readonly Bridge: { toArray(list: object): readonly Readonly<Record<string, unknown>>[] };
}

let loaded: KustoLibrary | undefined;

/** Its `main` does not load: the two scripts belong into the global scope, in this order. */
function library(): KustoLibrary {
  if (loaded !== undefined) return loaded;
  // A worker runs many files of tests, each with modules of its own: another one may have loaded it.
  if (vm.runInThisContext("typeof Kusto") === "undefined") loadScripts();
  // A test runs in a global scope of its own; the scripts have run in the process's.
  loaded = vm.runInThisContext("globalThis") as KustoLibrary;
  return loaded;
}

function loadScripts(): void {
  const directory = dirname(createRequire(__filename).resolve("@kusto/language-service-next/package.json"));
  for (const file of ["bridge.min.js", "Kusto.Language.Bridge.min.js"])
    vm.runInThisContext(readFileSync(join(directory, file), "utf8"), { filename: file });
}

/** Parses a query and binds its names to the tables. */
export function analyse(text: string, schema: Schema): Analysis {
  const { Kusto, Bridge } = library();
  const { Symbols, GlobalState, KustoCode } = Kusto.Language;
  const tables = Object.entries(schema).map(([name, columns]) => {
    const list = Object.entries(columns).map(([column, type]) => `${column}: ${type}`);
    return new Symbols.TableSymbol.$ctor7(name, `(${list.join(", ")})`, null);
  });
  const code = KustoCode.ParseAndAnalyze(
    text,
    GlobalState.Default.WithDatabase(new Symbols.DatabaseSymbol.ctor("workspace", tables)),
  );
  const columns = code.ResultType?.Columns;
  return {
    syntax: syntaxOf(code.Syntax),
    faults: Bridge.toArray(code.GetDiagnostics()).map(
      ({ Message, Start }) => `${String(Message)} (at ${String(Start)})`,
    ),
    columns: columns === undefined ? [] : Bridge.toArray(columns).map(columnOf),
  };
}

function columnOf({ Name, Type }: Readonly<Record<string, unknown>>): Column {
  return { name: String(Name), type: String((Type as { Name: unknown }).Name) };
}

let kindNames: ReadonlyMap<number, string> | undefined;

function kindOf(node: KustoNode): string {
  kindNames ??= new Map(
    Object.entries(library().Kusto.Language.Syntax.SyntaxKind).flatMap(([name, value]) =>
      typeof value === "number" ? [[value, name] as const] : [],
    ),
  );
  return kindNames.get(node.Kind) ?? `kind ${node.Kind}`;
}

function syntaxOf(node: KustoNode): Syntax {
  const children = Array.from({ length: node.ChildCount }, (_, index) => node.GetChild(index));
  const parts = new Map<string, KustoNode>();
  for (const child of children) {
    const name = child?.NameInParent ?? null;
    if (child !== null && name !== null) parts.set(name, child);
  }
  return {
    kind: kindOf(node),
    text: node.Text ?? "",
    part(name) {
      const part = parts.get(name);
      return part === undefined ? null : syntaxOf(part);
    },
    get elements() {
      return children
        .filter((child) => child !== null)
        .map((child) => (kindOf(child) === "SeparatedElement" ? (child.GetChild(0) ?? child) : child))
        .map(syntaxOf);
    },
  };
}
