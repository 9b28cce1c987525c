import { defineControl, fail, pass, subjectOf, unknownWithout } from "../control.ts";
import { booleanValue, parameterNamed, parameterRemediation } from "../parameterControl.ts";
import { certificateFaults, legacyFault, negotiationFaults, plaintextFault, portMessage } from "../tls/probeFaults.ts";

const port = 6432;
const probeSections = ["plaintextProbes", "legacyTlsProbes", "tlsProbes"] as const;

export const netPgbouncer = defineControl({
  meta: {
    id: "net-pgbouncer",
    title: "PgBouncer port follows the same TLS and auth rules",
    severity: "medium",
    requires: ["parameters"],
    mayRead: probeSections,
    appliesTo: ["pgBouncerTier"],
    frameworks: {
      proposed: { mcsb: ["DP-3"], nist80053r5: ["SC-8"], pciDss401: ["4.2.1"], iso27001_2022: ["A.8.24"] },
    },
    rationale:
      "The pooler is a second way in with settings of its own: what PostgreSQL refuses on 5432 says nothing about 6432.",
    remediation: parameterRemediation("pgbouncer.enabled", "false"),
  },

  evaluate({ parameters, ...probes }, { tls }, { takenAt }) {
    const enabled = parameterNamed(parameters, "pgbouncer.enabled");
    if (enabled === undefined) return [];
    const subject = subjectOf("port", String(port));
    if (booleanValue(enabled.value) === false)
      return [pass(subject, `Port ${port} is closed: pgbouncer.enabled is ${enabled.value}.`)];

    const missing = probeSections.find((name) => probes[name]?.some((probe) => probe.port === port) !== true);
    const faults = [
      ...ofPort(probes.plaintextProbes).map(plaintextFault),
      ...ofPort(probes.legacyTlsProbes).map(legacyFault),
      ...ofPort(probes.tlsProbes).flatMap(negotiationFaults),
      ...ofPort(probes.tlsProbes).flatMap((probe) => certificateFaults(probe, tls, takenAt)),
    ].filter((fault) => fault !== undefined);
    // A fault that was seen stands, whatever else could not be probed.
    if (faults.length > 0) return [fail(subject, portMessage(port, faults))];
    if (missing !== undefined) return [unknownWithout(subject, missing, `it has no probe of port ${port}.`)];
    return [pass(subject, `Port ${port} refuses clear text and old protocols and negotiates strong ones.`)];
  },
});

function ofPort<P extends { readonly port: number }>(probes: readonly P[] | null): readonly P[] {
  return (probes ?? []).filter((probe) => probe.port === port);
}
