import { getThread } from "#server/domain/threads/get.ts";
import { listThreads } from "#server/domain/threads/list.ts";
import { ThreadPage, ThreadWithMessages } from "#server/domain/threads/schemas.ts";
import { type RouteDefinition, route } from "../route.ts";

const tag = "Threads";

export const threadRoutes: RouteDefinition[] = [
  route("get", "/threads", listThreads, {
    tag,
    summary: "List threads, the one with the newest message first",
    response: ThreadPage,
  }),
  route("get", "/threads/{id}", getThread, {
    tag,
    summary: "One thread with its newest messages",
    response: ThreadWithMessages,
  }),
];
