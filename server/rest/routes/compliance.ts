import { Readable } from "node:stream";
import { z } from "zod";
import { createConsent } from "#server/domain/phone/consents/create.ts";
import { getConsent } from "#server/domain/phone/consents/get.ts";
import { listConsents } from "#server/domain/phone/consents/list.ts";
import { Revocation, revokeConsent, revokeNumber } from "#server/domain/phone/consents/revoke.ts";
import { Consent } from "#server/domain/phone/consents/schemas.ts";
import { addDoNotCall, removeDoNotCall } from "#server/domain/phone/do-not-call/change.ts";
import { exportDoNotCall, writeDoNotCall } from "#server/domain/phone/do-not-call/export.ts";
import { ImportResult, importDoNotCall } from "#server/domain/phone/do-not-call/import.ts";
import { listDoNotCall } from "#server/domain/phone/do-not-call/list.ts";
import { DoNotCallEntry } from "#server/domain/phone/do-not-call/schemas.ts";
import { removeLocation, setLocation } from "#server/domain/phone/locations/change.ts";
import { listLocations } from "#server/domain/phone/locations/list.ts";
import { ContactLocation } from "#server/domain/phone/locations/schemas.ts";
import { Unsuppressed, unsuppressSms } from "#server/domain/phone/opt-outs/lift.ts";
import { listSuppressions, SmsSuppression } from "#server/domain/phone/opt-outs/list.ts";
import { getCallingRules, setCallingRules } from "#server/domain/phone/rules/change.ts";
import { CallingRules } from "#server/domain/phone/rules/schemas.ts";
import { readBody } from "../body.ts";
import { fileResponse } from "../file-response.ts";
import { type RouteDefinition, route } from "../route.ts";
import { pageOf, Success } from "./common.ts";

const tag = "Compliance";

export const complianceRoutes: RouteDefinition[] = [
  route("get", "/consents", listConsents, { tag, summary: "List consents", response: pageOf(Consent, "ConsentPage") }),
  route("post", "/consents", createConsent, { tag, summary: "Record a consent", response: Consent, status: 201 }),
  route("post", "/consents/revocations", revokeNumber, {
    tag,
    summary: "Record that a person took consent back",
    response: Revocation,
    status: 201,
  }),
  route("get", "/consents/{id}", getConsent, { tag, summary: "Get a consent", response: Consent }),
  route("post", "/consents/{id}/revoke", revokeConsent, { tag, summary: "Revoke a consent", response: Consent }),
  route("get", "/phone/dnc", listDoNotCall, {
    tag,
    summary: "List the do-not-call list",
    response: pageOf(DoNotCallEntry, "DoNotCallPage"),
  }),
  route("post", "/phone/dnc", addDoNotCall, {
    tag,
    summary: "Put a number on the do-not-call list",
    response: DoNotCallEntry,
    status: 201,
  }),
  route("post", "/phone/dnc/import", importDoNotCall, {
    tag,
    summary: "Put the numbers of a CSV file (text/csv) on the do-not-call list",
    response: ImportResult,
    // A repeat changes nothing by itself.
    idempotency: "none",
    read: async (c) => ({ csv: (await readBody(c)).toString() }),
  }),
  route("get", "/phone/dnc/export", exportDoNotCall, {
    tag,
    summary: "The do-not-call list as CSV",
    response: z.unknown(),
    mediaType: "text/csv",
    respond: (_c, { batches }) =>
      fileResponse(Readable.from(writeDoNotCall(batches, { saysWhole: false }), { objectMode: false }), {
        filename: "do-not-call.csv",
        mimeType: "text/csv",
      }),
  }),
  route("delete", "/phone/dnc/{phoneNumber}", removeDoNotCall, {
    tag,
    summary: "Take a number off the do-not-call list",
    response: Success,
  }),
  route("get", "/phone/sms-suppressions", listSuppressions, {
    tag,
    summary: "List who has said stop",
    response: pageOf(SmsSuppression, "SmsSuppressionPage"),
  }),
  route("post", "/phone/sms-unsuppress", unsuppressSms, {
    tag,
    summary: "Lift what a person said",
    response: Unsuppressed,
  }),
  route("get", "/phone/locations", listLocations, {
    tag,
    summary: "List where people are, in place of their area codes",
    response: pageOf(ContactLocation, "ContactLocationPage"),
  }),
  route("put", "/phone/locations", setLocation, {
    tag,
    summary: "Say where the person of a number is",
    response: ContactLocation,
  }),
  route("delete", "/phone/locations/{phoneNumber}", removeLocation, {
    tag,
    summary: "Forget where the person of a number is",
    response: Success,
  }),
  route("get", "/phone/rules", getCallingRules, { tag, summary: "Get the calling rules", response: CallingRules }),
  route("put", "/phone/rules", setCallingRules, { tag, summary: "Narrow the calling rules", response: CallingRules }),
];
