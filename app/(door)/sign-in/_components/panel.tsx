import type { ReactNode } from "react";
import { Link } from "../../../_ui/link.tsx";

/** The frame of each step of the sign-in. */
export function Panel({ title, line, children }: { title: string; line: ReactNode; children: ReactNode }) {
  return (
    <div className="grid gap-4 rounded-lg border border-line bg-surface p-6">
      <div>
        <h1 className="text-lg font-semibold">{title}</h1>
        <p className="mt-1 text-muted">{line}</p>
      </div>
      {children}
    </div>
  );
}

/** Leads to the other form, and keeps where to go then. */
export function OtherWay({ to, way, children }: { to: string; way: "email" | "key"; children: ReactNode }) {
  return (
    <Link
      href={`/sign-in?with=${way}&to=${encodeURIComponent(to)}`}
      replace
      className="justify-self-start rounded text-[0.8125rem] text-muted underline underline-offset-2 hover:text-ink"
    >
      {children}
    </Link>
  );
}
