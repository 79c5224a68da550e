import { HOME } from "./_lib/home.ts";
import { Brand } from "./_ui/brand.tsx";
import { Link } from "./_ui/link.tsx";

export default function NotFound() {
  return (
    <main className="mx-auto grid min-h-dvh max-w-md content-center gap-3 px-4">
      <Brand />
      <h1 className="text-lg font-semibold">There is no such page</h1>
      <p className="text-muted">
        Go to the{" "}
        <Link href={HOME} className="text-accent underline underline-offset-2">
          console
        </Link>{" "}
        or the{" "}
        <Link href="/docs" className="text-accent underline underline-offset-2">
          documentation
        </Link>
        .
      </p>
    </main>
  );
}
