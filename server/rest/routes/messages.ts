import { getEmail, getMessage } from "#server/domain/messages/get.ts";
import { listEmail, listMessages } from "#server/domain/messages/list.ts";
import { Message } from "#server/domain/messages/schemas.ts";
import { searchMessages } from "#server/domain/messages/search.ts";
import { updateLabels } from "#server/domain/messages/update-labels.ts";
import { type RouteDefinition, route } from "../route.ts";
import { pageOf } from "./common.ts";

const tag = "Messages";

const MessagePage = pageOf(Message, "MessagePage");

export const messageRoutes: RouteDefinition[] = [
  route("get", "/messages", listMessages, {
    tag,
    summary: "List messages of all channels, newest first",
    response: MessagePage,
  }),
  route("get", "/messages/{id}", getMessage, { tag, summary: "One message", response: Message }),
  route("post", "/messages/search", searchMessages, {
    tag,
    summary: "Search messages by their words, newest first",
    response: MessagePage,
    idempotency: "none",
  }),
  route("patch", "/messages/{id}/labels", updateLabels, {
    tag,
    summary: "Add and remove labels of a message",
    response: Message,
  }),
  route("get", "/email", listEmail, { tag: "Email", summary: "List mails, newest first", response: MessagePage }),
  route("get", "/email/{id}", getEmail, { tag: "Email", summary: "One mail", response: Message }),
];
