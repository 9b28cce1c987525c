import type { Parameter } from "../../model/armEvidence.ts";
import { defineControl, subjectOf, unknownWithout, verdict } from "../control.ts";
import { parameterNamed, parameterRemediation } from "../parameterControl.ts";

const name = "authentication_timeout";

export const authTimeout = defineControl({
  meta: {
    id: "auth-timeout",
    title: "Unauthenticated sessions are dropped quickly",
    severity: "low",
    requires: ["parameters"],
    frameworks: {
      proposed: { mcsb: ["IM-1"], nist80053r5: ["AC-12", "SC-10"], pciDss401: ["8.2.8"], iso27001_2022: ["A.8.5"] },
    },
    rationale:
      "A connection that never logs in holds one of the server's slots until this time is over; a long time lets anybody who reaches the port fill all of them.",
    remediation: parameterRemediation(name, "60"),
  },

  evaluate({ parameters }, { authentication: { timeoutSeconds } }) {
    const parameter = parameterNamed(parameters, name);
    // Azure lists it read-only on most servers: then nobody could put a finding right.
    if (parameter === undefined || parameter.readOnly === true) return [];
    const subject = subjectOf("parameter", name);
    const seconds = secondsOf(parameter);
    if (seconds === undefined) {
      const value = `"${parameter.value}" in unit "${parameter.unit ?? ""}" is no time that is understood.`;
      return [unknownWithout(subject, "parameters", `${name} ${value}`)];
    }
    const message = `Parameter ${name} is ${seconds} seconds; the limit is ${timeoutSeconds}.`;
    return [verdict(subject, seconds <= timeoutSeconds, message)];
  },
});

const secondsPer: Readonly<Record<string, number>> = {
  ms: 0.001,
  milliseconds: 0.001,
  s: 1,
  seconds: 1,
  min: 60,
  minutes: 60,
};

/** A number in the parameter's own unit, seconds without one; a unit behind the number wins, as in PostgreSQL. */
function secondsOf({ value, unit }: Parameter): number | undefined {
  const parts = /^(\d+)\s*([a-z]*)$/.exec(value.trim());
  if (parts === null) return undefined;
  const [, digits = "", suffix = ""] = parts;
  const factor = secondsPer[suffix === "" ? (unit ?? "s").toLowerCase() : suffix];
  return factor === undefined ? undefined : Number(digits) * factor;
}
