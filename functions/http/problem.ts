import type { HttpResponseInit } from "@azure/functions";

const titles: Readonly<Record<number, string>> = {
  400: "Bad request",
  401: "Not signed in",
  403: "Not allowed",
  404: "Not found",
  409: "Conflict",
  413: "Body too large",
  415: "Unsupported media type",
  500: "Internal error",
  503: "Not ready",
};

/** An answer in `application/problem+json` (RFC 9457). `detail` is one sentence without secrets. */
export function problem(
  status: number,
  detail: string,
  extra: Readonly<Record<string, unknown>> = {},
): HttpResponseInit {
  return {
    status,
    headers: { "content-type": "application/problem+json", "cache-control": "no-store" },
    body: JSON.stringify({ type: "about:blank", title: titles[status] ?? "Error", status, detail, ...extra }),
  };
}

export function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): HttpResponseInit {
  return {
    status,
    headers: { "content-type": "application/json", "cache-control": "no-store", ...headers },
    body: JSON.stringify(body),
  };
}
