import { readAlertRules } from "./alertRules.ts";
import { markdownTable, prose } from "./markdown.ts";

const severities = ["critical", "error", "warning", "informational"];

const words: Readonly<Record<string, string>> = { PT5M: "5 minutes", PT15M: "15 minutes", PT1H: "hour" };

/** docs/alerts.md, by path: what each alert means and what to do, in the words that the alert itself has. */
export function alertDocs(root: string): ReadonlyMap<string, string> {
  const rules = readAlertRules(root);
  const table = markdownTable(
    ["alert", "severity", "evaluated every", "about"],
    rules.map(({ title, severity, evaluationFrequency, resourceIdColumn }) => [
      title,
      `${severity} (${severities[severity] ?? ""})`,
      words[evaluationFrequency] ?? "",
      resourceIdColumn === null ? "the installation" : "the server",
    ]),
  );
  const sections = rules.map(
    ({ id, title, description }) =>
      `## ${title}\n\n${prose(description)}\n\nQuery: [${id}.kql](../infra/queries/alerts/${id}.kql)\n`,
  );
  const text = `# Alerts

Generated from infra/alerts.json by infra/writeInfraJson.ts. An alert about a server fires on the server, so that whoever
owns it sees it there. Each is told once and resolves by itself: alerts about an event about an hour after it, alerts about
a state when it is over. The rules \`pgwarden-<id>\` look at two days, the longest that Azure Monitor allows; a scan that
runs less often than daily needs another limit in noScan.kql. One evaluation tells of at most 300 combinations of
dimensions, so a first scan of a large fleet may have more critical findings than alerts: the workbook has them all.

${table}

${sections.join("\n")}`;
  return new Map([["docs/alerts.md", text]]);
}
