/** What may be kept of an Azure SDK error. */
export interface AzureFault {
  readonly name: string;
  readonly code?: string;
  readonly statusCode?: number;
  readonly requestId?: string;
}

/**
 * The SDK's error holds the request with its body, which may be a password in clear, and its message may echo what the
 * service said: only name, code, status and request id are taken.
 */
export function azureFault(error: unknown): AzureFault {
  const source = innermost(error);
  if (!isRecord(source)) return { name: typeof source };
  const { name, code, statusCode, response } = source;
  const requestId = requestIdOf(response);
  return {
    name: typeof name === "string" ? name : "Error",
    ...(typeof code === "string" && { code }),
    ...(typeof statusCode === "number" && { statusCode }),
    ...(requestId !== undefined && { requestId }),
  };
}

/** An upload of several chunks collects its errors in a list: the first one tells the reason. */
function innermost(error: unknown): unknown {
  if (!isRecord(error) || !Array.isArray(error["errors"])) return error;
  const first: unknown = error["errors"][0];
  return isRecord(first) && first["cause"] !== undefined ? first["cause"] : (first ?? error);
}

function requestIdOf(response: unknown): string | undefined {
  if (!isRecord(response) || !isRecord(response["headers"])) return undefined;
  const { headers } = response;
  const get = headers["get"];
  if (typeof get !== "function") return undefined;
  const value: unknown = get.call(headers, "x-ms-request-id");
  return typeof value === "string" ? value : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
