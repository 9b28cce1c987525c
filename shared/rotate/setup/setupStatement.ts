/**
 * SQL of a setup with its names apart. In the template `%I` stands for an identifier and `%L` for a literal, as in
 * PostgreSQL's format(): sent, it is the server that quotes; printed, it is `statementText`.
 */
export interface SetupStatement {
  /** Such as `role.create`; names the statement where it fails. */
  readonly name: string;
  readonly template: string;
  /** One for each placeholder, in order. */
  readonly values: readonly string[];
  /** Whether a rotation does well enough without it: its refusal undoes nothing else. */
  readonly optional?: boolean;
}

/** The statement for a person to run, ended by a semicolon. */
export function statementText({ template, values }: SetupStatement): string {
  const rest = [...values];
  const text = template.replaceAll(/%([IL])/g, (_match, kind: string) => {
    const value = rest.shift();
    if (value === undefined) throw new Error(`"${template}" has more placeholders than values.`);
    return kind === "I" ? quoteIdentifier(value) : quoteLiteral(value);
  });
  if (rest.length > 0) throw new Error(`"${template}" has fewer placeholders than values.`);
  return `${text};`;
}

function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Means the same whatever `standard_conforming_strings` says. */
function quoteLiteral(text: string): string {
  const quoted = `'${text.replaceAll("'", "''")}'`;
  return text.includes("\\") ? ` E${quoted.replaceAll("\\", "\\\\")}` : quoted;
}
