import * as v from "valibot";
import { list, mapping, text, words } from "./allowedValues.ts";

/** One failed look may cost some seconds: more than these would take the time of the scan. */
const most = 50;

const serverName = "the name of a server (3 to 63 letters, digits and hyphens)";
const columns = "a mapping of column names to texts, in quotes";
const customSettings = "a mapping of custom settings such as app.tenant to texts, in quotes";

/** Any role but the two words that PostgreSQL takes for no role and for everyone. */
function role(meaning: string) {
  return v.pipe(text("the name of a role", /^(?!none$|public$)(?=.*\S)/su), v.description(meaning));
}

function settings(meaning: string) {
  return v.optional(
    v.pipe(
      v.record(
        text("a key such as app.tenant, the name of a custom setting", /^[A-Za-z_][\w$]*(?:\.[A-Za-z_][\w$]*)+$/),
        v.string("a text, in quotes"),
        customSettings,
      ),
      v.description(meaning),
    ),
    {},
  );
}

const Witness = mapping({
  role: role("The role that must see the row."),
  settings: settings("As `settings`, for the witness. Default: none."),
});

const Canary = mapping({
  name: v.pipe(words("a name for the canary"), v.description("What findings call it; each canary has its own.")),
  server: v.exactOptional(
    v.pipe(
      text(serverName, /^[A-Za-z0-9][A-Za-z0-9-]{1,61}[A-Za-z0-9]$/),
      v.toLowerCase(),
      v.description("The server that has the table. Default: every server."),
    ),
  ),
  database: v.pipe(words("the name of a database"), v.description("The database that has the table.")),
  table: v.pipe(
    text("a table as schema.table", /^[^.]*[^.\s][^.]*\..*\S/su),
    v.description("The table; what stands before the first dot is the schema."),
  ),
  role: role("The role that must not see the row; pgwarden's login becomes it with SET ROLE."),
  where: v.optional(
    v.pipe(
      v.record(words("the name of a column"), v.string("a text, in quotes"), columns),
      v.description("The row: every column as text equals its value. Default: no row of the table may be seen."),
    ),
    {},
  ),
  settings: settings(
    "Custom settings that the policies read with `current_setting`, as an application of another tenant would set them. Default: none.",
  ),
  witness: v.optional(
    v.pipe(
      v.nullable(Witness),
      v.description("A role that must see the row; without one nobody proves that the row is there. Default: none."),
    ),
    null,
  ),
});

/** `policy.rowSecurity.canaries`. Nothing in it is SQL: names are quoted by the server, values are parameters. */
export function canaries() {
  return v.optional(
    v.pipe(
      list(Canary),
      v.maxLength(most, `a list of at most ${most} canaries`),
      v.check(
        (all) => new Set(all.map(({ name }) => name)).size === all.length,
        "a list of canaries with different names",
      ),
      v.description("Rows that a role must not see, for `rls-canary`. Default: row security is not tried."),
    ),
    [],
  );
}
