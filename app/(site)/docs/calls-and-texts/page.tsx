import type { Metadata } from "next";
import { CONSENT_SOURCES } from "#server/domain/phone/law/consent-sources.ts";
import { DIALS_PER_SECOND, MOST_CALLS, MOST_CONSENT_DAYS, MOST_TEXTS } from "#server/domain/phone/rules/limits.ts";
import { processRuntime } from "#server/process-runtime.ts";
import { Link } from "../../../_ui/link.tsx";
import { Code } from "../../_components/code.tsx";
import { HoursTable } from "./_hours.tsx";

export const metadata: Metadata = { title: "Calls and texts" };

/** What stands between an agent and a telephone: every gate, and the tables that it goes by. */
export default async function CallsAndTextsPage() {
  const { publicUrl } = (await processRuntime()).config;
  return (
    <>
      <article className="prose">
        <h1>Calls and texts</h1>
        <p>
          Seven gates stand before every call and every text. They run on the server, in this order, for every key; no
          agent can switch one off. The first that refuses answers with its code, and the audit log keeps what all seven
          looked at. This is no legal advice: it is a default, which an organisation may tighten and never widen.
        </p>
        <Code label="ask without dialling">{`curl -X POST '${publicUrl}/v1/voice/calls?dry_run=true' \\
  -H "Authorization: Bearer $KEY" \\
  -H 'Content-Type: application/json' \\
  -d '{"to": "+14155550142", "metadata": {"consent_source": "business-relationship"}}'`}</Code>
        <p>
          The answer is <code>{"{allowed, gates}"}</code>, each gate with <code>gate</code>, <code>verdict</code>,{" "}
          <code>code</code>, <code>detail</code> and <code>facts</code>. Nothing is dialled, reserved or charged.
        </p>

        <h2>1. plan</h2>
        <p>
          The plan has calls or texts of this kind (<Refusal code="PAYMENT_REQUIRED" />
          ), and the agent has a number (
          <Refusal code="PHONE_NOT_PROVISIONED" />
          ).
        </p>

        <h2>2. number</h2>
        <p>
          It is a valid number (<Refusal code="VALIDATION_ERROR" />) of an allowed country: that of the agent&apos;s
          number, or those of <code>countries</code> in <code>PUT /v1/phone/rules</code>. Emergency, short and
          premium-rate numbers are refused whatever is set (<Refusal code="DESTINATION_NOT_ALLOWED" />
          ).
        </p>

        <h2>3. consent</h2>
        <p>
          Either a consent is on record (<code>POST /v1/consents</code>, with what proves it), or the order says in{" "}
          <code>metadata.consent_source</code> on what it rests. Only these values count:
        </p>
        <ul>
          {Object.entries(CONSENT_SOURCES).map(([source, { meaning }]) => (
            <li key={source}>
              <code>{source}</code>: {meaning}
            </li>
          ))}
        </ul>
        <p>
          <code>metadata.consent_reference</code> may name a record by its id: then that one has to stand. Any other
          reference is kept as yours. A consent that was taken back beats whatever is asserted, for calls and texts;
          only a newer record made with the master key lifts that (<Refusal code="CONSENT_REQUIRED" />
          ).
        </p>

        <h2>4. do_not_call</h2>
        <p>
          The number is not on the organisation&apos;s list (<code>/v1/phone/dnc</code>, with import and export as CSV),
          and the person has not said stop. A text of one word is enough: STOP, STOPALL, UNSUBSCRIBE, CANCEL, END, QUIT,
          REVOKE, OPTOUT, in any case and with any punctuation. It holds at once, for every agent, for calls too, and is
          answered once. START, UNSTOP or YES lifts it; HELP is answered (
          <Refusal code="DO_NOT_CALL" />
          ).
        </p>
        <p>
          What somebody says in a call, or writes in a text of more than one word, does not decide by itself: words such
          as &ldquo;stop calling me&rdquo; wait in the console, under Compliance, until the operator lists the number,
          revokes its consents, or dismisses them.
        </p>

        <h2>5. reassigned</h2>
        <p>
          The carrier is asked whether the number has changed hands since the consent; of an assertion without a date,
          since the oldest that such a consent can be. The answer is kept for 30 days. Yes is never dialled. Where
          nobody knows, a consent record younger than {MOST_CONSENT_DAYS} days is needed, or fewer, as{" "}
          <code>noDataConsentDays</code> says (<Refusal code="NUMBER_REASSIGNED" />
          ). A look-up that fails refuses (<Refusal code="SERVICE_UNAVAILABLE" />
          ).
        </p>

        <h2>6. calling_hours</h2>
        <p>
          It is a decent hour in every time zone that the number can be in: by its area code, and by its exchange where
          an area has several zones. A mobile number that was ported, or one of no area, is held to its own zones and to
          all of the states, Puerto Rico and the Virgin Islands at once. Where the organisation knows better, the master
          key&apos;s holder says where the person is (<code>PUT /v1/phone/locations</code>, or <code>location</code> of{" "}
          <code>POST /v1/consents</code>): a state, whose clocks and law then hold in place of the area code&apos;s, or
          a time zone alone, whose clock holds while the law of the area code&apos;s state stays. Beside the general
          rule stand the narrower ones below and <code>hours</code> of <code>PUT /v1/phone/rules</code>.{" "}
          <code>details.nextAllowedAt</code> is exact (
          <Refusal code="OUTSIDE_CALLING_HOURS" />
          ).
        </p>

        <h2>7. frequency</h2>
        <p>
          {MOST_CALLS} calls and {MOST_TEXTS} texts to one number in any 24 hours, {DIALS_PER_SECOND} dials of an
          organisation a second (<Refusal code="VOICE_RATE_LIMIT_EXCEEDED" />,{" "}
          <Refusal code="SMS_RATE_LIMIT_EXCEEDED" />
          ), the plan&apos;s calls a day and month (
          <Refusal code="VOICE_DAILY_CAP_EXCEEDED" />, <Refusal code="VOICE_MONTHLY_CAP_EXCEEDED" />) and every cap (
          <Refusal code="PAYMENT_REQUIRED" />
          ). The plan and the caps are looked at again, with the list, the stops and the count, in the transaction that
          accepts the call. Right before the carrier is asked, the list, the stops, the revocations and the hours are
          looked at once more: what must not leave any more ends as failed, with the code of that gate as its cause, and
          is not charged. Texts of an agent that is paused, or of an organisation that is stopped, stay queued; where
          that ends within ten minutes they leave, later they fail uncharged, since what the gates had looked at is too
          old.
        </p>

        <h2>Hours and their statutes</h2>
        <p>From the first time, before the second, by the clock where the called person is.</p>
      </article>
      <div className="mt-4">
        <HoursTable />
      </div>
    </>
  );
}

function Refusal({ code }: { code: string }) {
  return (
    <Link href={`/docs/errors/${code.toLowerCase().replaceAll("_", "-")}`}>
      <code>{code}</code>
    </Link>
  );
}
