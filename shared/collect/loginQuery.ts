import { CollectError } from "./collectError.ts";

/** No server has as many roles that log in; an answer that long may have lost rows. */
export const mostLoginRows = 50_000;

/** What ids of Azure resources are made of; nothing of it ends a text of KQL. */
const resourceId = /^\/[\w.()/-]+$/;

/**
 * The newest login of each role and the oldest one of each day (UTC), out of the PostgreSQL log of one server. One row
 * each: `Kind` is `role` or `day`, `Name` the role or `2026-11-22`, `At` the moment.
 *
 * Setting by setting the log goes to the table of its own, PGSQLServerLogs, or to AzureDiagnostics. A workspace may
 * lack either: `isfuzzy` lets the union do without it, and the empty table keeps one that has neither from failing.
 * What comes before `LOG:  ` is log_line_prefix (`%t-%c-` on the service). Only what stands right after the first one
 * counts, and only up to the database: a statement or an application's name may hold the same words.
 *
 * @param serverId the only thing that differs from query to query
 * @throws CollectError when it is no resource id
 */
export function loginQuery(serverId: string): string {
  if (!resourceId.test(serverId)) throw new CollectError("shape", "The server's id holds what no resource id holds.");
  return `let lines = union isfuzzy=true
  (datatable(TimeGenerated: datetime, Message: string) []),
  (PGSQLServerLogs
    | where _ResourceId =~ "${serverId}"
    | project TimeGenerated, Message),
  (AzureDiagnostics
    | where _ResourceId =~ "${serverId}" and Category == "PostgreSQLLogs"
    | project TimeGenerated, Message = tostring(column_ifexists("Message", "")));
let logins = materialize(lines
  | where Message has "connection authorized"
  | extend Start = indexof(Message, "LOG:  ")
  | extend Text = iff(Start < 0, Message, substring(Message, Start + 6))
  | extend Role = extract(@"(?s)^(?:replication )?connection authorized: user=(.+?)(?: database=| application_name=| SSL enabled| GSS |$)", 1, Text)
  | where isnotempty(Role)
  | project TimeGenerated, Role);
union
  (logins | summarize At = max(TimeGenerated) by Name = Role | extend Kind = "role"),
  (logins | summarize At = min(TimeGenerated) by Day = startofday(TimeGenerated) | project Name = format_datetime(Day, "yyyy-MM-dd"), At, Kind = "day")
| project Kind, Name, At = todatetime(At)
| take ${mostLoginRows}`;
}
