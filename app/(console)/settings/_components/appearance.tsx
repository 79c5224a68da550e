import { ThemeChoice } from "../../../_ui/theme-toggle.tsx";
import { TimeZoneSelect } from "../../../_ui/time-zone-select.tsx";
import { Row, Section } from "./section.tsx";

/** How the console looks in this browser. */
export function Appearance() {
  return (
    <Section id="appearance" title="Appearance" line="In this browser.">
      <Row name="Theme">
        <ThemeChoice />
      </Row>
      <Row name="Time zone" line="All times of the console are shown in it.">
        <TimeZoneSelect />
      </Row>
    </Section>
  );
}
