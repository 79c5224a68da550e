import { DomainError } from "../errors.ts";
import { CarrierRefused, CarrierUnsure } from "./carrier.ts";

/**
 * What a carrier answers. PHONE_PROVIDER_ERROR with details {carrierCode, retryable} where it refuses or does not answer;
 * CONFLICT where the call is not in progress, or the number is gone.
 */
export async function fromCarrier<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (cause) {
    throw toProviderError(cause);
  }
}

function toProviderError(cause: unknown): unknown {
  if (cause instanceof CarrierUnsure) {
    return new DomainError("PHONE_PROVIDER_ERROR", "The carrier did not answer.", {
      details: { carrierCode: null, retryable: true },
      cause,
    });
  }
  if (!(cause instanceof CarrierRefused)) return cause;
  if (cause.code === "not_active") return new DomainError("CONFLICT", "The call is not in progress.", { cause });
  if (cause.code === "not_available") {
    return new DomainError("CONFLICT", "Somebody else has this number by now. Search again.", { cause });
  }
  return new DomainError("PHONE_PROVIDER_ERROR", `The carrier refused: ${cause.code}.`, {
    details: { carrierCode: cause.code, retryable: cause.retryable },
    cause,
  });
}
