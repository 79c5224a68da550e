import { z } from "zod";
import { Analytics, getAnalytics } from "#server/domain/calls/analytics.ts";
import { getCatalog, VoiceCatalog } from "#server/domain/calls/catalog.ts";
import { createCall } from "#server/domain/calls/create.ts";
import { getCall, getRecording, getTranscript, Recording } from "#server/domain/calls/get.ts";
import { CallList, listCalls } from "#server/domain/calls/list.ts";
import { hangUpCall } from "#server/domain/calls/running.ts";
import { Call, CREATE_STATUS, CreatedCall, GateReport, Transcript } from "#server/domain/calls/schemas.ts";
import { searchCalls, VoiceSearch } from "#server/domain/calls/search.ts";
import { getSummary, Summary } from "#server/domain/calls/summary.ts";
import { answerOrReport } from "../dry-run.ts";
import { type RouteDefinition, route } from "../route.ts";
import { Success } from "./common.ts";

const tag = "Voice";

export const voiceRoutes: RouteDefinition[] = [
  route("post", "/voice/calls", createCall, {
    tag,
    summary: "Place a call; with dry_run, what every gate says of it",
    response: z.union([CreatedCall, GateReport]),
    status: CREATE_STATUS,
    idempotency: "statement",
    respond: answerOrReport,
  }),
  route("get", "/voice/calls", listCalls, { tag, summary: "List calls, newest first", response: CallList }),
  route("get", "/voice/calls/{id}", getCall, { tag, summary: "One call", response: Call }),
  route("get", "/voice/calls/{id}/transcript", getTranscript, {
    tag,
    summary: "What was said in a call so far",
    response: Transcript,
  }),
  route("get", "/voice/calls/{id}/recording", getRecording, {
    tag,
    summary: "Where the recording of a call can be fetched, if the carrier has one",
    response: Recording,
  }),
  route("get", "/voice/calls/{id}/summary", getSummary, {
    tag,
    summary: "What a call came to, by plain rules",
    response: Summary,
  }),
  route("post", "/voice/calls/{callId}/hangup", hangUpCall, {
    tag,
    summary: "End a call; one that has ended stays as it is",
    response: Success,
    // A repeat changes nothing by itself, and the carrier is asked outside any transaction.
    idempotency: "none",
  }),
  route("get", "/voice/catalog", getCatalog, { tag, summary: "The voices to speak with", response: VoiceCatalog }),
  route("get", "/voice/analytics", getAnalytics, { tag, summary: "Calls, counted", response: Analytics }),
  route("post", "/voice/search", searchCalls, {
    tag,
    summary: "Search calls by what was said, best first",
    response: VoiceSearch,
    idempotency: "none",
  }),
];
