import type { Control } from "../shared/controls/control.ts";
import { controlDescription, mappingText, readsOf, remediationTools } from "../shared/controls/controlDescription.ts";
import type { Remediation } from "../shared/model/finding.ts";
import { markdownTable, prose } from "./markdown.ts";

export const controlDocsPath = "docs/controls.md";

/** What the first word of a control's id stands for; several words may share a chapter. */
const chapters: Readonly<Record<string, string>> = {
  tls: "Encryption in transit",
  net: "Network",
  auth: "Authentication",
  rot: "Password rotation",
  role: "Roles and memberships",
  priv: "Privileges",
  rls: "Row-level security",
  fn: "Functions, extensions and foreign data",
  ext: "Functions, extensions and foreign data",
  fdw: "Functions, extensions and foreign data",
  repl: "Replication",
};

const languages: Readonly<Record<keyof Remediation, string>> = {
  cli: "sh",
  bicep: "bicep",
  terraform: "hcl",
  sql: "sql",
};

/** `docs/controls.md`: every control of the catalogue in its order, chapter by chapter. */
export function controlDocs(controls: readonly Control[]): string {
  const byChapter = Map.groupBy(controls, ({ meta }) => chapterOf(meta.id));
  const texts = [...byChapter].map(([chapter, members]) => chapterText(chapter, members));
  return `# Controls

Generated from \`shared/controls\` by \`npx tsx infra/writeControlDocs.ts\`; a test keeps it current.

The ${controls.length} controls of pgwarden. Each judges the evidence that it reads and says \`pass\` or \`fail\` of every
subject. Where a section that it reads could not be collected the outcome is \`unknown\`, never \`pass\` or \`fail\`; where
it does not apply, or there is nothing to judge, \`notApplicable\`; a \`fail\` that somebody accepted for a time is
\`waived\`. Limits and approved names come from the policy in [configuration.md](configuration.md).

A mapping says which requirement a control supports. Mappings marked "(proposed)" are our own; the others stand in a
public source. Of CIS benchmarks only names, releases and numbers are given.

Beside the catalogue pgwarden reports its own book-keeping: \`baseline-missing\` (nobody has approved a snapshot of the
server, so drift is not known), \`baseline-expired\` (the approval has ended), \`waiver-expired\` and \`waiver-unmatched\`;
and what rotation remarked about a credential as \`rotation-…\`, such as \`rotation-stale-consumer\`,
\`rotation-out-of-band\`, \`rotation-arm-noop\` and \`rotation-pair-drift\`.

${markdownTable(
  ["chapter", "controls"],
  [...byChapter].map(([chapter, members]) => [`[${chapter}](#${anchor(chapter)})`, String(members.length)]),
)}

${texts.join("\n\n")}
`;
}

function chapterOf(id: string): string {
  const word = id.split("-")[0] ?? "";
  return chapters[word] ?? word.toUpperCase();
}

/** As GitHub makes it of a heading. */
function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\w -]/g, "")
    .replaceAll(" ", "-");
}

function chapterText(chapter: string, controls: readonly Control[]): string {
  const list = markdownTable(
    ["control", "severity", "secure state"],
    controls.map(({ meta: { id, title, severity } }) => [`[${id}](#${id})`, severity, title]),
  );
  return [`## ${chapter}`, list, ...controls.map(controlText)].join("\n\n");
}

function controlText(control: Control): string {
  const { id, title, severity, appliesWhen, rationale, remediation, frameworks } = controlDescription(control);
  const facts = [
    `- Severity: ${severity}`,
    `- Reads: ${readsOf(control).map(readText).join(", ")}`,
    `- Applies when: ${prose(appliesWhen.length === 0 ? "always" : appliesWhen.join(", and "))}`,
    ...(frameworks.length === 0 ? [] : [`- Supports: ${prose(frameworks.map(mappingText).join("; "))}`]),
  ];
  const fixes = remediationTools.flatMap(([tool, name]) => {
    const text = remediation[tool];
    return text === undefined ? [] : [`${name}:`, `\`\`\`${languages[tool]}\n${text}\n\`\`\``];
  });
  return [`### ${id}`, `**${prose(title)}**`, facts.join("\n"), prose(rationale), ...fixes].join("\n\n");
}

/** `acls (in each database)` with the section's name as code. */
function readText(text: string): string {
  return text.replace(/^\w+/, "`$&`");
}
