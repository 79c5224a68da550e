import { setPreference } from "./preferences.ts";

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];
export const THEME_COOKIE = "anima_theme";

/** The theme that a cookie names; anything else means: as the system has it. */
export function themeOf(cookie: string | undefined): Theme {
  return THEMES.find((theme) => theme === cookie) ?? "system";
}

/** The theme that this page is drawn in. */
export function currentTheme(): Theme {
  return themeOf(document.documentElement.dataset.theme);
}

/** Draws this page in the theme, and the server's next ones from their first byte. */
export function applyTheme(theme: Theme): void {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  setPreference(THEME_COOKIE, theme);
}
