import * as v from "valibot";

/** The two forms in which Event Grid writes a resource event; only what is used. */
const GridEvent = v.object({
  subject: v.string(),
  data: v.optional(v.object({ resourceUri: v.optional(v.string()) }), {}),
});

const serverIdPattern =
  /^\/subscriptions\/[^/]+\/resourcegroups\/[^/]+\/providers\/microsoft\.dbforpostgresql\/flexibleservers\/[^/]+/;

export type Change =
  | { readonly kind: "server"; readonly serverId: string }
  | { readonly kind: "other"; readonly subject: string }
  | { readonly kind: "malformed"; readonly why: string };

/** Which server an Event Grid event (its own schema or CloudEvents) is about: the server itself or a child of it. */
export function changedServer(message: unknown): Change {
  const event = v.safeParse(GridEvent, message);
  if (!event.success) return { kind: "malformed", why: "The message is no Event Grid event." };
  const { subject, data } = event.output;
  const match = serverIdPattern.exec((data.resourceUri ?? subject).toLowerCase());
  return match === null ? { kind: "other", subject } : { kind: "server", serverId: match[0] };
}
