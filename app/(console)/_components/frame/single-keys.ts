const NAME = "anima_single_keys";

/** Whether shortcuts of single keys work. Who dictates or slips can switch them off (WCAG 2.1.4). */
export function singleKeysOn(): boolean {
  return localStorage.getItem(NAME) !== "off";
}

export function setSingleKeys(on: boolean): void {
  if (on) localStorage.removeItem(NAME);
  else localStorage.setItem(NAME, "off");
}
