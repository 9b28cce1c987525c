import { describe, expect, it } from "@jest/globals";
import { collectCatalogs } from "../../shared/collect/collectCatalog.ts";
import { CollectError } from "../../shared/collect/collectError.ts";
import type { CatalogPort, Rows } from "../../shared/collect/collector.ts";
import { forever, host } from "../postgres/localTarget.ts";

interface MemoryCatalog extends CatalogPort {
  readonly opened: string[];
  /** Most connections at any one time. */
  readonly most: () => number;
  readonly messages: () => number;
}

/** A server whose catalogs are empty, but for its databases. */
function memoryCatalog(databases: readonly object[], refuse: (database: string) => CollectError | null): MemoryCatalog {
  const opened: string[] = [];
  let [open, most, messages] = [0, 0, 0];
  return {
    opened,
    most: () => most,
    messages: () => messages,
    open({ database }) {
      const error = refuse(database);
      if (error !== null) return Promise.reject(error);
      opened.push(database);
      open += 1;
      most = Math.max(most, open);
      return Promise.resolve({
        major: 17,
        run(statements) {
          messages += 1;
          return Promise.resolve(
            statements.map((one): Rows => {
              if (typeof one === "string") return one.includes('"allows_connections"') ? databases : [];
              one.begin();
              return [];
            }),
          );
        },
        ask: () => Promise.reject(new Error("Nothing is asked with parameters.")),
        close() {
          open -= 1;
          return Promise.resolve();
        },
      });
    },
  };
}

function row(name: string, override: object = {}) {
  return { name, owner: "azuresu", allows_connections: true, template: false, connectable: true, ...override };
}

const many = Array.from({ length: 1_000 }, (_, index) => row(`db${String(index).padStart(3, "0")}`));

function collect(catalog: CatalogPort, excludedDatabases: readonly string[] = [], signal = forever) {
  const request = { host, port: 5432, database: "db000", role: "scanner", excludedDatabases, sensitiveColumns: [] };
  return collectCatalogs(request, catalog, signal);
}

describe("collectCatalogs", () => {
  it("reads a thousand databases in turn, over one connection and two messages each", async () => {
    const catalog = memoryCatalog(many, () => null);

    const { databases } = await collect(catalog);

    expect(databases.map(({ name }) => name)).toEqual(many.map(({ name }) => name));
    expect(new Set(databases.map(({ sections }) => sections.acls.state))).toEqual(new Set(["collected"]));
    expect([catalog.opened.length, catalog.most(), catalog.messages()]).toEqual([1_000, 1, 2_000]);
  });

  it("enters no database that is excluded, a template, closed, or closed to this login", async () => {
    const rows = [
      row("zoo"),
      row("db000"),
      row("private", { connectable: false }),
      row("azure_sys", { connectable: false }),
      row("template1", { template: true }),
      row("closed", { allows_connections: false, connectable: false }),
    ];
    const catalog = memoryCatalog(rows, () => null);

    const { sections, databases } = await collect(catalog, ["azure_sys", "elsewhere"]);

    expect(catalog.opened).toEqual(["db000", "zoo"]);
    expect(databases.map(({ name, sections: { acls } }) => [name, acls.state])).toEqual([
      ["db000", "collected"],
      ["private", "unavailable"],
      ["zoo", "collected"],
    ]);
    expect(sections.databases).toMatchObject({
      items: [
        { name: "zoo", excluded: false },
        { name: "db000", excluded: false },
        { name: "private", excluded: false },
        { name: "azure_sys", excluded: true },
        { name: "template1", excluded: false },
        { name: "closed", excluded: false },
      ],
    });
  });

  it("reads the server also when the database that it starts from is excluded", async () => {
    const catalog = memoryCatalog([row("db000"), row("zoo")], () => null);

    const { sections, databases } = await collect(catalog, ["db000"]);

    expect(sections.roles.state).toBe("collected");
    expect(databases.map(({ name }) => name)).toEqual(["zoo"]);
  });

  it("costs a database that refuses only its own sections", async () => {
    const full = new CollectError("unreachable", "orders has no connection left (53300).");
    const catalog = memoryCatalog(many.slice(0, 3), (name) => (name === "db001" ? full : null));

    const { databases } = await collect(catalog);

    expect(databases.map(({ sections }) => sections.acls.state)).toEqual(["collected", "unavailable", "collected"]);
    expect(new Set(Object.values(databases[1]?.sections ?? {}))).toEqual(
      new Set([{ state: "unavailable", reason: "unreachable", detail: "orders has no connection left (53300)." }]),
    );
  });

  it("names the databases that the run had no time for", async () => {
    const run = new AbortController();
    const catalog = memoryCatalog(many.slice(0, 4), (name) => {
      if (name === "db002") run.abort();
      return null;
    });

    const { databases } = await collect(catalog, [], run.signal);

    expect(databases.map(({ sections: { acls } }) => (acls.state === "collected" ? "read" : acls.reason))).toEqual([
      "read",
      "read",
      "deadline",
      "deadline",
    ]);
    expect(databases[3]?.sections.acls).toMatchObject({
      detail: `The run's time was over before the catalog of database db003 of ${host} was read.`,
    });
  });

  it("knows of no database when nothing answers", async () => {
    const refused = new CollectError("unreachable", "orders refused the connection.");

    const { sections, databases } = await collect(memoryCatalog(many, () => refused));

    expect(databases).toEqual([]);
    expect(sections.databases).toMatchObject({ reason: "unreachable" });
  });
});
