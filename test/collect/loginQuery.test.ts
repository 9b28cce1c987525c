import "@kusto/language-service-next/bridge.min.js";
import "@kusto/language-service-next/Kusto.Language.Bridge.min.js";
import { describe, expect, it } from "@jest/globals";
import { CollectError } from "../../shared/collect/collectError.ts";
import { loginQuery } from "../../shared/collect/loginQuery.ts";

const serverId =
  "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/a.b_c(d)-e/providers/Microsoft.DBforPostgreSQL/flexibleServers/orders";

/** Tables that a workspace may have, with the columns that the query uses (Azure Monitor's reference of tables). */
const ownTable = "(TimeGenerated: datetime, Message: string, _ResourceId: string)";
const sharedTable = "(TimeGenerated: datetime, Message: string, Category: string, _ResourceId: string)";

interface List<T> {
  readonly Count: number;
  getItem(index: number): T;
}

interface TableType {
  readonly Columns: List<{ readonly Name: string; readonly Type: { readonly Name: string } }>;
}

/** What is used of Kusto's own compiler, which puts itself among the globals. */
interface Kusto {
  readonly Language: {
    readonly GlobalState: { readonly Default: { WithDatabase(database: object): object } };
    readonly KustoCode: {
      ParseAndAnalyze(
        text: string,
        globals: object,
      ): {
        GetDiagnostics(): List<{ readonly Severity: string; readonly Message: string }>;
        readonly ResultType: TableType | null;
      };
    };
    readonly Symbols: {
      readonly TableSymbol: { From(columns: string): { WithName(name: string): object } };
      readonly DatabaseSymbol: {
        readonly $ctor2: new (name: string, alternateName: null, members: readonly object[]) => object;
      };
    };
  };
}

/** Errors, and the columns of the result as `Name: type`, on a workspace with these tables. */
function compiled(text: string, tables: Readonly<Record<string, string>>) {
  const { GlobalState, KustoCode, Symbols } = (globalThis as unknown as { Kusto: Kusto }).Kusto.Language;
  const symbols = Object.entries(tables).map(([name, columns]) => Symbols.TableSymbol.From(columns).WithName(name));
  const workspace = new Symbols.DatabaseSymbol.$ctor2("workspace", null, symbols);
  const code = KustoCode.ParseAndAnalyze(text, GlobalState.Default.WithDatabase(workspace));
  return {
    errors: itemsOf(code.GetDiagnostics()).flatMap(({ Severity, Message }) => (Severity === "Error" ? [Message] : [])),
    columns: itemsOf(code.ResultType?.Columns).map(({ Name, Type }) => `${Name}: ${Type.Name}`),
  };
}

function itemsOf<T>(list: List<T> | undefined): readonly T[] {
  return list === undefined ? [] : Array.from({ length: list.Count }, (_, index) => list.getItem(index));
}

describe("loginQuery", () => {
  it.each([
    ["both tables", { PGSQLServerLogs: ownTable, AzureDiagnostics: sharedTable }],
    ["the table of its own", { PGSQLServerLogs: ownTable }],
    [
      "AzureDiagnostics without messages",
      { AzureDiagnostics: "(TimeGenerated: datetime, Category: string, _ResourceId: string)" },
    ],
    ["neither table", {}],
  ])("is a query for a workspace with %s", (_what, tables) => {
    expect(compiled(loginQuery(serverId), tables)).toEqual({
      errors: [],
      columns: ["Kind: string", "Name: string", "At: datetime"],
    });
  });

  it("would be told of a fault", () => {
    const text = loginQuery(serverId).replace("project TimeGenerated, Role", "project TimeGenerated, Nobody");
    const { errors } = compiled(text, { PGSQLServerLogs: ownTable, AzureDiagnostics: sharedTable });

    expect(errors).toEqual(expect.arrayContaining([expect.stringContaining("The name 'Nobody' does not refer to")]));
  });

  it.each(['/a" or true //', "/a\\", "/a\nb", "a", ""])("takes no id that could end its text: %j", (id) => {
    expect(() => loginQuery(id)).toThrow(CollectError);
  });
});
