import { signal } from "@preact/signals";
import { readAddress } from "@/core/address";

type Theme = "auto" | "light" | "dark";
const KEY = "dolab.theme";
const next: Record<Theme, Theme> = { auto: "light", light: "dark", dark: "auto" };

const asked = readAddress(location.search).theme ?? read();
const theme = signal<Theme>(asked === "light" || asked === "dark" ? asked : "auto");
apply();

function read(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function apply(): void {
  if (theme.value === "auto") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme.value;
}

function turn(): void {
  theme.value = next[theme.value];
  apply();
  try {
    localStorage.setItem(KEY, theme.value);
  } catch {
    // The choice then holds for this visit.
  }
}

export default function ThemeButton() {
  const marks = { auto: "◐", light: "○", dark: "●" };
  return (
    <button type="button" class="button quiet" aria-label={`Theme: ${theme.value}`} title="Theme" onClick={turn}>
      <span aria-hidden="true">{marks[theme.value]}</span>
    </button>
  );
}
