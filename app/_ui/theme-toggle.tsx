"use client";

import { Monitor, Moon, Sun } from "lucide-react";
import { useEffect, useState } from "react";
import { THEME_COOKIE, THEMES, type Theme, themeOf } from "../_lib/theme.ts";
import { Button } from "./button.tsx";

const ICONS = { system: Monitor, light: Sun, dark: Moon };
const YEAR_SECONDS = 365 * 24 * 3_600;

/** Goes round system, light, dark. The cookie lets the server draw the next page in that theme from its first byte. */
export function ThemeToggle() {
  const [theme, setTheme] = useState<Theme>("system");
  useEffect(() => setTheme(themeOf(document.documentElement.dataset.theme)), []);
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? "system";
  const Icon = ICONS[theme];
  const change = () => {
    setTheme(next);
    if (next === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = next;
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing in browsers that are still in use
    document.cookie = `${THEME_COOKIE}=${next}; Path=/; Max-Age=${YEAR_SECONDS}; SameSite=Lax`;
  };
  return (
    <Button variant="ghost" size="icon" onClick={change} aria-label={`Theme: ${theme}. Change to ${next}`}>
      <Icon />
    </Button>
  );
}
