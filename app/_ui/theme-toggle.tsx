"use client";

import { Monitor, Moon, Sun } from "lucide-react";
import { useEffect, useState } from "react";
import { applyTheme, currentTheme, THEMES, type Theme } from "../_lib/theme.ts";
import { Button } from "./button.tsx";
import { cn } from "./cn.ts";

const NAMES = { system: "System", light: "Light", dark: "Dark" };
const ICONS = { system: Monitor, light: Sun, dark: Moon };

function useTheme(): [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState<Theme>("system");
  useEffect(() => {
    // Somewhere else on the page it may be changed too.
    const read = () => setTheme(currentTheme());
    read();
    const changes = new MutationObserver(read);
    changes.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    return () => changes.disconnect();
  }, []);
  return [theme, applyTheme];
}

/** Goes round system, light, dark. */
export function ThemeToggle() {
  const [theme, setTheme] = useTheme();
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? "system";
  const Icon = ICONS[theme];
  return (
    <Button
      variant="ghost"
      size="icon"
      onClick={() => setTheme(next)}
      aria-label={`Theme: ${theme}. Change to ${next}`}
    >
      <Icon />
    </Button>
  );
}

/** The three themes side by side. */
export function ThemeChoice() {
  const [theme, setTheme] = useTheme();
  return (
    <fieldset className="flex rounded-md bg-raised p-0.5">
      <legend className="sr-only">Theme</legend>
      {THEMES.map((each) => {
        const Icon = ICONS[each];
        return (
          <button
            key={each}
            type="button"
            aria-pressed={each === theme}
            onClick={() => setTheme(each)}
            className={cn(
              "flex h-7 flex-1 items-center justify-center gap-1.5 rounded px-2 text-[0.8125rem] text-muted hover:text-ink",
              each === theme && "bg-surface font-medium text-ink shadow-sm",
            )}
          >
            <Icon className="size-3.5" aria-hidden /> {NAMES[each]}
          </button>
        );
      })}
    </fieldset>
  );
}
