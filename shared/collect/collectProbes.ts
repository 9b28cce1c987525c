import type { ServerFacts } from "../model/armEvidence.ts";
import type { LegacyTlsProbe } from "../model/probeEvidence.ts";
import type { Section, Sections, Unavailable } from "../model/section.ts";
import type { ProbeSectionName, Prober, ProbeTarget } from "./collector.ts";
import { collected } from "./section.ts";
import { sectionOf } from "./sectionOf.ts";

export type ProbeSections = Pick<Sections, ProbeSectionName>;

export const postgresPort = 5432;

const legacyProtocols = ["TLSv1", "TLSv1.1"] as const;

/**
 * Probes every port of the server: 5432 at once, others as soon as they are known. A section holds all ports or none:
 * with one of them missing, a control would take what it cannot see for good.
 *
 * @param otherPorts never rejects
 */
export async function collectProbes(
  host: string,
  otherPorts: Promise<readonly number[]>,
  prober: Prober,
  signal: AbortSignal,
): Promise<ProbeSections> {
  function each<T>(what: string, probe: (target: ProbeTarget) => Promise<T>): Promise<Section<T>> {
    async function everyPort(): Promise<readonly T[]> {
      const others = otherPorts.then((ports) => Promise.all(ports.map((port) => probe({ host, port }))));
      const [first, rest] = await Promise.all([probe({ host, port: postgresPort }), others]);
      return [first, ...rest];
    }
    return sectionOf(`${what} of ${host}`, everyPort, signal);
  }
  function legacy(target: ProbeTarget): Promise<readonly LegacyTlsProbe[]> {
    return Promise.all(legacyProtocols.map((protocol) => prober.legacyTls(target, protocol, signal)));
  }

  const [plaintextProbes, legacyByPort, tlsProbes, dnsProbes, reachabilityProbes] = await Promise.all([
    each("the plain-text probe", (target) => prober.plaintext(target, signal)),
    each("the probe of old TLS versions", legacy),
    each("the TLS probe", (target) => prober.tls(target, signal)),
    sectionOf(`the addresses of ${host}`, () => prober.dns(host, signal), signal),
    each("the reachability", (target) => prober.reachability(target, signal)),
  ]);
  const legacyTlsProbes = legacyByPort.state === "collected" ? collected(legacyByPort.items.flat()) : legacyByPort;
  return { plaintextProbes, legacyTlsProbes, tlsProbes, dnsProbes, reachabilityProbes };
}

export function noProbes(gap: Unavailable): ProbeSections {
  return { plaintextProbes: gap, legacyTlsProbes: gap, tlsProbes: gap, dnsProbes: gap, reachabilityProbes: gap };
}

/** PgBouncer listens beside PostgreSQL. Azure writes `true`, not `on`; an unread parameter adds no port. */
export function pgbouncerPorts(parameters: Sections["parameters"]): readonly number[] {
  if (parameters.state === "unavailable") return [];
  const pgbouncer = parameters.items.find(({ name }) => name === "pgbouncer.enabled");
  const on = pgbouncer !== undefined && ["true", "on"].includes(pgbouncer.value.toLowerCase());
  return on ? [6432] : [];
}

/** Why there is nothing to connect to, or undefined where there is. */
export function unreachableReason({ name, fqdn, state }: ServerFacts): string | undefined {
  if (state === "Stopped") return `Server ${name} is stopped.`;
  if (fqdn === null || fqdn === "") return `ARM names no host for server ${name}.`;
  return undefined;
}
