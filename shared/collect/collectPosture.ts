import type { ServerFacts } from "../model/armEvidence.ts";
import type { Canary } from "../model/policy.ts";
import type { Posture } from "../model/posture.ts";
import type { Section, SectionItem, Sections, Unavailable } from "../model/section.ts";
import type { ServerRef } from "../model/server.ts";
import { backups } from "./backups.ts";
import { collectCanaries } from "./canaries.ts";
import { collectArm } from "./collectArm.ts";
import { collectCatalogs, noCatalog, type CatalogSections, type CollectedCatalogs } from "./collectCatalog.ts";
import { collectDelegatedNetwork } from "./delegatedNetwork.ts";
import { collectPrivateDnsZone } from "./privateDnsZone.ts";
import {
  collectProbes,
  noProbes,
  pgbouncerPorts,
  postgresPort,
  unreachableReason,
  type ProbeSections,
} from "./collectProbes.ts";
import { collectRotation, type RotationSections } from "./collectRotation.ts";
import type {
  ArmCollector,
  ArmListName,
  ArmReader,
  CatalogPort,
  CredentialReader,
  LogReader,
  Prober,
  ResourceGraphReader,
} from "./collector.ts";
import { diagnosticSettings } from "./diagnosticSettings.ts";
import { entraAdministrators } from "./entraAdministrators.ts";
import { firewallRules } from "./firewallRules.ts";
import { collectLoginHistory } from "./loginHistory.ts";
import { parameters } from "./parameters.ts";
import { privateEndpointConnections } from "./privateEndpointConnections.ts";
import { replicas } from "./replicas.ts";
import { unavailable } from "./section.ts";
import { sectionOf } from "./sectionOf.ts";
import { collectServer } from "./server.ts";
import { threatProtection } from "./threatProtection.ts";

export interface PosturePorts {
  readonly arm: ArmReader;
  readonly resourceGraph: ResourceGraphReader;
  readonly logs: LogReader;
  readonly catalog: CatalogPort;
  readonly prober: Prober;
  readonly credentials: CredentialReader;
}

export interface PostureRequest {
  readonly server: ServerRef;
  /** ISO 8601 in UTC. */
  readonly takenAt: string;
  /** The role to log in with and the database to start from. */
  readonly postgres: { readonly role: string; readonly database: string };
  /** Names of databases that are not read. */
  readonly excludedDatabases: readonly string[];
  /** Patterns of names of columns, of `policy.privileges`. */
  readonly sensitiveColumns: readonly string[];
  /** Days of logins to ask the exported log for. */
  readonly loginDays: number;
  /** Those of this server. */
  readonly canaries: readonly Canary[];
}

export interface CollectedPosture {
  readonly posture: Posture;
  /** GETs to ARM, retries not counted. */
  readonly armReads: number;
}

type ArmSections = Omit<
  Sections,
  "server" | "loginHistory" | "canaries" | keyof RotationSections | keyof CatalogSections | keyof ProbeSections
>;

/**
 * Reads one server: ARM, catalog and probes at the same time. A section that cannot be read is `unavailable` and costs
 * only itself.
 *
 * @throws only what no source is known to fail with, that is a bug
 */
export async function collectPosture(
  request: PostureRequest,
  { arm, resourceGraph, logs, catalog, prober, credentials }: PosturePorts,
  signal: AbortSignal,
): Promise<CollectedPosture> {
  const { server, takenAt } = request;
  const counted = countingReader(arm);
  const facts = await sectionOf(
    `server ${server.name}`,
    async () => [await collectServer(server, counted.reader, signal)],
    signal,
  );
  const known = facts.state === "collected" ? facts.items[0] : undefined;
  if (facts.state === "unavailable" && (facts.reason === "absent" || facts.reason === "deadline")) {
    const sections = { server: facts, ...nothingOf(server, facts) };
    return { posture: { server, takenAt, sections, databases: [] }, armReads: counted.count() };
  }

  const armSections = readArmSections(server, known, counted.reader, resourceGraph, signal);
  const [fromArm, loginHistory, fromRotation, fromCatalog, fromProbes] = await allOrFirstFault([
    Promise.all(Object.values(armSections)).then(() => settle(armSections)),
    readLogins(request, armSections, logs, signal),
    collectRotation(server, { credentials, arm: counted.reader, resourceGraph }, signal),
    readCatalog(known, request, catalog, signal),
    readProbes(known, server, armSections.parameters, prober, signal),
  ]);
  // After the catalogs: one connection at a time, and none to a server that let nobody in.
  const canaries = await readCanaries(known, request, fromCatalog, catalog, signal);
  const sections = {
    server: facts,
    ...fromArm,
    loginHistory,
    ...fromRotation,
    ...fromCatalog.sections,
    canaries,
    ...fromProbes,
  };
  return { posture: { server, takenAt, sections, databases: fromCatalog.databases }, armReads: counted.count() };
}

type Promised<T> = { readonly [K in keyof T]: Promise<T[K]> };

/** Without the server's facts every section is tried: which of them it can have is not known. */
function readArmSections(
  server: ServerRef,
  facts: ServerFacts | undefined,
  arm: ArmReader,
  resourceGraph: ResourceGraphReader,
  signal: AbortSignal,
): Promised<ArmSections> {
  function list<S extends ArmListName>(collector: ArmCollector<S>): Promise<Section<SectionItem[S]>> {
    const absent = facts === undefined ? undefined : collector.absentOn?.(facts);
    if (absent !== undefined) return Promise.resolve(unavailable("absent", absent));
    const what = `${collector.section} of server ${server.name}`;
    return sectionOf(what, () => collectArm(collector, server, arm, signal), signal);
  }
  function network<T>(what: string, read: (facts: ServerFacts) => Promise<readonly T[]>): Promise<Section<T>> {
    if (facts === undefined) return Promise.resolve(withoutFacts(server, what));
    return sectionOf(`${what} of server ${server.name}`, () => read(facts), signal);
  }
  return {
    firewallRules: list(firewallRules),
    privateEndpointConnections: list(privateEndpointConnections),
    parameters: list(parameters),
    entraAdministrators: list(entraAdministrators),
    threatProtection: list(threatProtection),
    diagnosticSettings: list(diagnosticSettings),
    backups: list(backups),
    replicas: list(replicas),
    delegatedNetwork: network("delegatedNetwork", async (known) => [await collectDelegatedNetwork(known, arm, signal)]),
    privateDnsZone: network("privateDnsZone", (known) => collectPrivateDnsZone(known, resourceGraph, signal)),
  };
}

async function settle(promised: Promised<ArmSections>): Promise<ArmSections> {
  return {
    firewallRules: await promised.firewallRules,
    privateEndpointConnections: await promised.privateEndpointConnections,
    parameters: await promised.parameters,
    entraAdministrators: await promised.entraAdministrators,
    threatProtection: await promised.threatProtection,
    diagnosticSettings: await promised.diagnosticSettings,
    backups: await promised.backups,
    replicas: await promised.replicas,
    delegatedNetwork: await promised.delegatedNetwork,
    privateDnsZone: await promised.privateDnsZone,
  };
}

function readCatalog(
  facts: ServerFacts | undefined,
  { server, postgres, excludedDatabases, sensitiveColumns }: PostureRequest,
  catalog: CatalogPort,
  signal: AbortSignal,
): Promise<CollectedCatalogs> {
  const host = hostOf(facts, server);
  if (typeof host !== "string") return Promise.resolve({ sections: noCatalog(host), databases: [] });
  const request = { host, port: postgresPort, ...postgres, excludedDatabases, sensitiveColumns };
  return collectCatalogs(request, catalog, signal);
}

async function readCanaries(
  facts: ServerFacts | undefined,
  { server, postgres, canaries }: PostureRequest,
  { sections: { context } }: CollectedCatalogs,
  catalog: CatalogPort,
  signal: AbortSignal,
): Promise<Sections["canaries"]> {
  if (canaries.length === 0) return unavailable("absent", `No canary is configured for server ${server.name}.`);
  const host = hostOf(facts, server);
  if (typeof host !== "string") return host;
  if (context.state === "unavailable") return context;
  const target = { host, port: postgresPort, role: postgres.role };
  return await sectionOf(
    `canaries of server ${server.name}`,
    () => collectCanaries(target, canaries, catalog, signal),
    signal,
  );
}

async function readLogins(
  { server, takenAt, loginDays }: PostureRequest,
  arm: Promised<ArmSections>,
  logs: LogReader,
  signal: AbortSignal,
): Promise<Sections["loginHistory"]> {
  const [diagnosticSettings, parameters] = await Promise.all([arm.diagnosticSettings, arm.parameters]);
  const request = { server, takenAt, days: loginDays, diagnosticSettings, parameters };
  return await collectLoginHistory(request, logs, signal);
}

function readProbes(
  facts: ServerFacts | undefined,
  server: ServerRef,
  parameters: Promise<ArmSections["parameters"]>,
  prober: Prober,
  signal: AbortSignal,
): Promise<ProbeSections> {
  const host = hostOf(facts, server);
  if (typeof host !== "string") return Promise.resolve(noProbes(host));
  // A fault of the parameters is thrown by whoever collects them.
  const otherPorts = parameters.then(pgbouncerPorts, () => []);
  return collectProbes(host, otherPorts, prober, signal);
}

function hostOf(facts: ServerFacts | undefined, server: ServerRef): string | Unavailable {
  if (facts === undefined) return withoutFacts(server, "the host name");
  const reason = unreachableReason(facts);
  if (reason !== undefined || facts.fqdn === null) return unavailable("unreachable", reason ?? "");
  return facts.fqdn;
}

function withoutFacts(server: ServerRef, what: string): Unavailable {
  return unavailable("unreachable", `Server ${server.name} itself could not be read, which ${what} depends on.`);
}

/** A server that is gone, or a run that is out of time: nothing else is tried. */
function nothingOf(server: ServerRef, { reason, detail }: Unavailable): Omit<Sections, "server"> {
  const gap = unavailable(reason, detail);
  const noHost =
    reason === "deadline" ? gap : unavailable("unreachable", `Server ${server.name} does not exist any more.`);
  return {
    firewallRules: gap,
    privateEndpointConnections: gap,
    parameters: gap,
    entraAdministrators: gap,
    threatProtection: gap,
    diagnosticSettings: gap,
    backups: gap,
    replicas: gap,
    delegatedNetwork: gap,
    privateDnsZone: gap,
    loginHistory: gap,
    credentials: gap,
    credentialLogins: gap,
    vaults: gap,
    canaries: noHost,
    ...noCatalog(noHost),
    ...noProbes(noHost),
  };
}

function countingReader(arm: ArmReader): { readonly reader: ArmReader; readonly count: () => number } {
  let reads = 0;
  const reader: ArmReader = {
    read(pathOrNextLink, apiVersion, signal) {
      reads += 1;
      return arm.read(pathOrNextLink, apiVersion, signal);
    },
  };
  return { reader, count: () => reads };
}

/** Waits for all of them, so that nothing runs on behind a bug, then throws the first fault. */
async function allOrFirstFault<T extends readonly unknown[]>(work: { readonly [K in keyof T]: Promise<T[K]> }) {
  await Promise.allSettled(work);
  return Promise.all(work);
}
