// Opens and closes the docs; the focus goes back to what opened them.
import { docsShown } from "../lab";

let opener: Element | null = null;

/** At one of their sections, or at their list. */
export function openDocs(section = ""): void {
  opener = document.activeElement;
  docsShown.value = section;
}

export function closeDocs(): void {
  docsShown.value = null;
  // What opened them may have been hidden by them.
  requestAnimationFrame(() => {
    if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
  });
}
