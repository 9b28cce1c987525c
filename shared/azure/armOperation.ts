const address =
  /^\/subscriptions\/[^/]+\/providers\/microsoft\.dbforpostgresql\/locations\/([\w-]+)\/azureasyncoperation\/([\w-]+)$/i;
const operationId = /^([\w-]{1,60})\/([\w-]{1,120})$/;

/**
 * `<location>/<id>` of the address that answers after an operation, short enough for a tag of a secret. Its query is
 * left behind: some carry a signature of their own that no tag could hold.
 *
 * @returns null for an address that is missing, of another host, or of an unknown form
 */
export function operationIdOf(header: string | undefined, endpoint: string): string | null {
  if (header === undefined || !URL.canParse(header)) return null;
  const { origin, pathname } = new URL(header);
  if (origin !== new URL(endpoint).origin) return null;
  const [, location, id] = address.exec(pathname) ?? [];
  const short = `${location ?? ""}/${id ?? ""}`;
  return operationId.test(short) ? short : null;
}

/** @returns undefined for what is no id of `operationIdOf`: it comes from a tag that others may write */
export function operationPath(subscriptionId: string, operation: string): string | undefined {
  const [, location, id] = operationId.exec(operation) ?? [];
  if (location === undefined || id === undefined) return undefined;
  return `/subscriptions/${subscriptionId}/providers/Microsoft.DBforPostgreSQL/locations/${location}/azureAsyncOperation/${id}`;
}
