import type { Parameter } from "../model/armEvidence.ts";
import type { Severity } from "../model/server.ts";
import type { Condition, Control, ControlMeta } from "./control.ts";
import { defineControl, fail, pass, subjectOf } from "./control.ts";

interface Requirement {
  /** The value that remediations set, and that passes. */
  readonly set: string;
  /** Other values that pass. */
  readonly orOneOf?: readonly string[];
  /** A list passes when it holds all of these, in any order. */
  readonly listing?: readonly string[];
}

interface ParameterControl {
  readonly id: string;
  readonly parameter: string;
  readonly must: Requirement;
  readonly title: string;
  readonly severity: Severity;
  readonly rationale: string;
  readonly appliesTo?: readonly Condition[];
  readonly frameworks: ControlMeta["frameworks"];
}

const booleans: ReadonlyMap<string, boolean> = new Map([
  ["on", true],
  ["true", true],
  ["yes", true],
  ["1", true],
  ["off", false],
  ["false", false],
  ["no", false],
  ["0", false],
]);

/** Splits a list value; order, case and blanks carry nothing. */
export function listValue(value: string): readonly string[] {
  return value
    .split(",")
    .map((item) => item.trim().toLowerCase())
    .filter((item) => item !== "")
    .sort();
}

/**
 * Whether two values of one parameter mean the same, by the parameter's own data type: `ON`, `on` and `true` are one
 * Boolean, a Set has no order, numbers compare as numbers, enumerations without case; strings exactly.
 */
export function sameValue(dataType: string, left: string, right: string): boolean {
  switch (dataType.toLowerCase()) {
    case "boolean":
      return booleanValue(left) !== undefined && booleanValue(left) === booleanValue(right);
    case "integer":
    case "numeric":
      return left.trim() !== "" && right.trim() !== "" && Number(left) === Number(right);
    case "set":
      return listValue(left).join() === listValue(right).join();
    case "enumeration":
      return left.trim().toLowerCase() === right.trim().toLowerCase();
    default:
      return left === right;
  }
}

export function booleanValue(value: string): boolean | undefined {
  return booleans.get(value.trim().toLowerCase());
}

export function parameterNamed(parameters: readonly Parameter[], name: string): Parameter | undefined {
  return parameters.find((parameter) => parameter.name === name);
}

/**
 * The remediation texts of one parameter. There is no SQL: `ALTER SYSTEM` is refused on the service. The empty value
 * is left out of the command, which then resets the parameter to its default.
 */
export function parameterRemediation(parameter: string, value: string): ControlMeta["remediation"] {
  const command = `az postgres flexible-server parameter set -g <group> -s <server> -n ${parameter}`;
  return {
    cli: value === "" ? command : `${command} --value "${value}"`,
    bicep: `resource parameter 'Microsoft.DBforPostgreSQL/flexibleServers/configurations@2025-08-01' = {
  parent: server
  name: '${parameter}'
  properties: { value: '${value}', source: 'user-override' }
}`,
    terraform: `resource "azurerm_postgresql_flexible_server_configuration" "this" {
  server_id = azurerm_postgresql_flexible_server.this.id
  name      = "${parameter}"
  value     = "${value}"
}`,
  };
}

/** One control per row. A server without the parameter is not applicable: newer majors drop parameters. */
export function parameterControls(rows: readonly ParameterControl[]): readonly Control[] {
  return rows.map(({ id, parameter: name, must, title, severity, rationale, appliesTo, frameworks }) =>
    defineControl({
      meta: {
        id,
        title,
        severity,
        requires: ["parameters"],
        ...(appliesTo === undefined ? {} : { appliesTo }),
        frameworks,
        rationale,
        remediation: parameterRemediation(name, must.set),
      },

      evaluate({ parameters }) {
        const parameter = parameterNamed(parameters, name);
        if (parameter === undefined) return [];
        const subject = subjectOf("parameter", name);
        if (!meets(parameter, must))
          return [fail(subject, `Parameter ${name} is "${parameter.value}"; it must be ${wanted(must)}.`)];
        if (parameter.pendingRestart === true)
          return [fail(subject, `Parameter ${name} is set to "${parameter.value}" but waits for a restart.`)];
        return [pass(subject, `Parameter ${name} is "${parameter.value}".`)];
      },
    }),
  );
}

function meets({ dataType, value }: Parameter, { set, orOneOf, listing }: Requirement): boolean {
  if ([set, ...(orOneOf ?? [])].some((allowed) => sameValue(dataType, value, allowed))) return true;
  if (listing === undefined) return false;
  const items = listValue(value);
  return listing.every((item) => items.includes(item.toLowerCase()));
}

function wanted({ set, orOneOf, listing }: Requirement): string {
  const values = [set, ...(orOneOf ?? [])].map((value) => `"${value}"`).join(" or ");
  return listing === undefined ? values : `${values}, or list ${listing.join(", ")}`;
}
