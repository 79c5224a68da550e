"use client";

import { createContext, type ReactNode, useContext } from "react";

const CurrencyContext = createContext<string | null>(null);

/** Gives the page the currency of all prices. @param code ISO 4217, one with cents */
export function CurrencyProvider({ code, children }: { code: string; children: ReactNode }) {
  return <CurrencyContext value={code}>{children}</CurrencyContext>;
}

/** A function that writes micro-units as money: see moneyText. */
export function useMoney(): (micros: number) => string {
  const currency = useContext(CurrencyContext);
  if (currency === null) throw new TypeError("there is no CurrencyProvider above this component");
  return (micros) => moneyText(micros, currency);
}

const formats = new Map<string, Intl.NumberFormat>();

/** `$1,234.50`, and where a cent is not the smallest part of it, exactly: `$0.0005`. 1,000,000 micro-units are one unit. */
export function moneyText(micros: number, currency: string): string {
  const known =
    formats.get(currency) ??
    new Intl.NumberFormat("en-US", { style: "currency", currency, minimumFractionDigits: 2, maximumFractionDigits: 6 });
  formats.set(currency, known);
  return known.format(micros / 1_000_000);
}

/** The same of cents. */
export const MICROS_PER_CENT = 10_000;
