import { createInbox } from "#server/domain/inboxes/create.ts";
import { deleteInbox } from "#server/domain/inboxes/delete.ts";
import { getInbox } from "#server/domain/inboxes/get.ts";
import { listInboxes } from "#server/domain/inboxes/list.ts";
import { Inbox } from "#server/domain/inboxes/schemas.ts";
import { updateInbox } from "#server/domain/inboxes/update.ts";
import { type RouteDefinition, route } from "../route.ts";
import { pageOf, Success } from "./common.ts";

const tag = "Inboxes";

export const inboxRoutes: RouteDefinition[] = [
  route("get", "/inboxes", listInboxes, { tag, summary: "List inboxes", response: pageOf(Inbox, "InboxPage") }),
  route("post", "/inboxes", createInbox, { tag, summary: "Create an inbox", response: Inbox, status: 201 }),
  route("get", "/inboxes/{id}", getInbox, { tag, summary: "Get an inbox by id or address", response: Inbox }),
  route("patch", "/inboxes/{id}", updateInbox, { tag, summary: "Change an inbox", response: Inbox }),
  route("delete", "/inboxes/{id}", deleteInbox, { tag, summary: "Delete an inbox", response: Success }),
];
