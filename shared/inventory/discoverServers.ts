import * as v from "valibot";
import { ResourceId } from "../collect/armText.ts";
import { CollectError } from "../collect/collectError.ts";
import type { ResourceGraphReader } from "../collect/collector.ts";
import type { Config } from "../model/config.ts";
import type { ServerRef } from "../model/server.ts";

export type Scope = Config["scope"];

export interface ServerList {
  /**
   * The servers of one subscription, as ARM gives them.
   *
   * @throws CollectError as `ArmReader.read`
   */
  list(subscriptionId: string, signal: AbortSignal): Promise<readonly unknown[]>;
}

export interface InventoryPorts {
  readonly serverList: ServerList;
  readonly resourceGraph: ResourceGraphReader;
}

export interface PreviousInventory {
  readonly count: number;
  readonly names: readonly string[];
}

export interface DiscoveredServers {
  /** Sorted by id, each once. */
  readonly servers: readonly ServerRef[];
  /** Sentences about what this inventory may lack; empty when nothing is known to be missing. */
  readonly coverage: readonly string[];
}

const query =
  "resources | where type =~ 'microsoft.dbforpostgresql/flexibleservers'" +
  " | project id,name,subscriptionId,resourceGroup,location,tags";

const listAction = "Microsoft.DBforPostgreSQL/flexibleServers/read";

/** Both sources have these; subscription and resource group are read from the id, which cannot disagree with itself. */
const ServerRow = v.object({
  id: v.pipe(ResourceId, v.regex(/^\/subscriptions\/[^/]+\/resourcegroups\/[^/]+\/providers\/[^/]+\/[^/]+\/[^/]+$/)),
  name: v.string(),
  location: v.string(),
  tags: v.nullish(v.record(v.string(), v.string())),
});

/**
 * Which servers are in scope. A gap in the answer is a sentence in `coverage`, never silence: servers that are gone
 * since `previous`, a truncated answer, a subscription that could not be listed, none at all.
 */
export async function discoverServers(
  scope: Scope,
  ports: InventoryPorts,
  previous: PreviousInventory | undefined,
  signal: AbortSignal,
): Promise<DiscoveredServers> {
  const { rows, gaps } =
    scope.discovery === "list" ? await list(scope, ports, signal) : await ask(scope, ports, signal);
  const parsed = rows.map((row) => v.safeParse(ServerRow, row));
  const misfits = parsed.filter(({ success }) => !success).length;
  const found = unique(parsed.flatMap((row) => (row.success ? [serverRef(row.output)] : [])));
  const servers = found.filter((server) => exclusionOf(server, scope) === undefined);
  const coverage = [
    ...gaps,
    ...(misfits === 0 ? [] : [`Discovery gave ${misfits} servers in a form that is not understood.`]),
    ...(servers.length === 0 ? ["Discovery found no server in scope."] : []),
    ...(previous === undefined ? [] : comparedWith(previous, found, servers, scope)),
  ];
  return { servers, coverage };
}

interface Answer {
  readonly rows: readonly unknown[];
  readonly gaps: readonly string[];
}

async function ask(scope: Scope, { resourceGraph }: InventoryPorts, signal: AbortSignal): Promise<Answer> {
  try {
    const { rows, truncated } = await resourceGraph.query(query, scope, signal);
    return { rows, gaps: truncated ? ["Resource Graph gave only a part of the servers in scope."] : [] };
  } catch (error) {
    return { rows: [], gaps: [`Resource Graph could not be asked: ${gapSentence(error)}`] };
  }
}

/** One subscription that cannot be listed costs only its own servers. */
async function list({ subscriptions }: Scope, { serverList }: InventoryPorts, signal: AbortSignal): Promise<Answer> {
  const answers = subscriptions.map(async (subscription): Promise<Answer> => {
    try {
      return { rows: await serverList.list(subscription.toLowerCase(), signal), gaps: [] };
    } catch (error) {
      const right =
        error instanceof CollectError && error.reason === "denied" ? ` It needs the action ${listAction}.` : "";
      return { rows: [], gaps: [`Subscription ${subscription} could not be listed: ${gapSentence(error)}${right}`] };
    }
  });
  const all = await Promise.all(answers);
  return { rows: all.flatMap(({ rows }) => rows), gaps: all.flatMap(({ gaps }) => gaps) };
}

/** @throws what is neither a gap nor a misfit */
function gapSentence(error: unknown): string {
  if (error instanceof CollectError) return error.message;
  if (v.isValiError(error)) return "the answer is not understood.";
  throw error;
}

function serverRef({ id, name, location, tags }: v.InferOutput<typeof ServerRow>): ServerRef {
  const [, , subscriptionId = "", , resourceGroup = ""] = id.split("/");
  return { id, name, subscriptionId, resourceGroup, location, tags: tags ?? {} };
}

/** Sorted by code unit, as everything canonical is. */
function unique(servers: readonly ServerRef[]): readonly ServerRef[] {
  const byId = new Map(servers.map((server) => [server.id, server]));
  return [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** What excludes a server, or undefined. Names of resources and of tags have no case; values of tags do. */
function exclusionOf({ name, tags }: ServerRef, { exclude }: Scope): string | undefined {
  if (exclude.names.some((excluded) => excluded.toLowerCase() === name.toLowerCase())) return "its name";
  const tag = Object.entries(tags).find(([key, value]) =>
    Object.entries(exclude.tags).some(([name, wanted]) => name.toLowerCase() === key.toLowerCase() && wanted === value),
  );
  return tag === undefined ? undefined : `the tag ${tag[0]}=${tag[1]}`;
}

/** A tag is written by whoever may write the server: a server that leaves the scope that way is told. */
function comparedWith(
  previous: PreviousInventory,
  found: readonly ServerRef[],
  servers: readonly ServerRef[],
  scope: Scope,
): readonly string[] {
  const inScope = new Set(servers.map(({ name }) => name));
  const gone = previous.names.filter((name) => !inScope.has(name));
  const excluded = gone.flatMap((name) => {
    const reason = found.filter((server) => server.name === name).map((server) => exclusionOf(server, scope))[0];
    return reason === undefined ? [] : [{ name, reason }];
  });
  const missing = gone.filter((name) => !excluded.some((server) => server.name === name));
  const fewer = servers.length < previous.count && missing.length === 0 && excluded.length === 0;
  return [
    ...(missing.length === 0 ? [] : [`Discovery no longer returns ${missing.sort().join(", ")}.`]),
    ...excluded.map(({ name, reason }) => `Server ${name} was in scope before and is now excluded by ${reason}.`),
    ...(fewer
      ? [`Discovery returned ${servers.length} servers in scope; the time before it was ${previous.count}.`]
      : []),
  ];
}
