import type { AccessAnswer, AccessPrincipal, AccessVia, AnsweredTarget } from "../access/accessAnswer.ts";
import { granteeName } from "../controls/priv/privilegeNames.ts";
import { longest, table } from "./table.ts";
import { visibleLine } from "./visible.ts";

/** An answer for people: who, whether it logs in, how, and by which way. */
export function accessText({ target, principals, bypass }: AccessAnswer, width: number): string {
  const name = visibleLine(targetText(target));
  const reach =
    principals.length === 0 ? `Nobody reaches ${name}.` : `Who reaches ${name}:\n${principalTable(principals, width)}`;
  if (bypass === undefined) return reach;
  if (bypass.length === 0) return `${reach}\n\nNobody gets past its row security.`;
  return `${reach}\n\nWho gets past its row security:\n${principalTable(bypass, width)}`;
}

function targetText(target: AnsweredTarget): string {
  if (!("schema" in target)) return `${target.kind} ${target.name}`;
  const { kind, database, schema, name, owner, rowSecurity } = target;
  const security = rowSecurity === "on" || rowSecurity === "forced" ? `, row security ${rowSecurity}` : "";
  return `${kind.replaceAll("_", " ")} ${schema}.${name} of database ${database} (owner ${owner}${security})`;
}

function principalTable(principals: readonly AccessPrincipal[], width: number): string {
  const names = principals.map(({ role }) => granteeName(role));
  const columns = [
    { head: "PRINCIPAL", width: Math.min(40, longest("PRINCIPAL", names)) },
    { head: "LOGIN", width: 13 },
    { head: "HOW", width: 9 },
    { head: "PATH" },
  ];
  const rows = principals.map((principal, index) => [
    names[index] ?? "",
    loginText(principal),
    principal.how,
    wayText(principal),
  ]);
  return table(columns, rows, width);
}

function loginText({ role, login, entra }: AccessPrincipal): string {
  if (role === null) return "everybody";
  if (entra !== undefined) return login ? `Entra ${entra.type}` : "no";
  return login ? "yes" : "no";
}

function wayText({ path, via }: AccessPrincipal): string {
  const needs = via.precondition;
  const lines = [
    [path.join(" → "), viaText(via)].filter((part) => part !== "").join("; "),
    ...(needs === undefined ? [] : [`needs ${needs.needs} by ${needs.path.join(" → ")}`]),
  ];
  return lines.map(visibleLine).join("\n");
}

function viaText(via: AccessVia): string {
  const { kind, privileges, columns, through } = via;
  if (kind === "membership") return "";
  const what = [
    ...(privileges === undefined ? [] : [privileges.join(", ")]),
    ...(columns === undefined ? [] : [`on columns ${columns.join(", ")}`]),
    meansText(via),
    ...(through === undefined ? [] : [`through ${throughText(kind)} ${through}`]),
  ];
  return what.join(" ");
}

function meansText({ kind, role, attribute }: AccessVia): string {
  const name = granteeName(role ?? null);
  switch (kind) {
    case "owner":
      return `as owner ${name}`;
    case "predefined":
    case "azure_pg_admin":
      return `by ${name}`;
    case "superuser":
      return `as superuser ${name}`;
    case "bypassRls":
      return `by BYPASSRLS of ${name}`;
    case "attribute":
      return `by ${attribute ?? "an attribute"} of ${name}`;
    case "truncate":
    case "references":
      return `by ${kind.toUpperCase()}, granted to ${name}`;
    case "grant":
    case "membership":
    case "partition":
    case "view":
    case "materializedView":
    case "definerFunction":
    case "publication":
      return `granted to ${name}`;
  }
}

function throughText(kind: AccessVia["kind"]): string {
  if (kind === "materializedView") return "materialised view";
  return kind === "definerFunction" ? "function" : kind;
}
