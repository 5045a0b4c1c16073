import { render } from "preact";
import { notify } from "@/core/actions/edit";
import { startEffects } from "@/core/actions/effects";
import { restoreLast, startKeeping } from "@/core/actions/keep";
import { openExample, openProject } from "@/core/actions/open";
import { findComputer } from "@/core/computer";
import { startOffline } from "@/core/offline";
import { fromLink } from "@/core/share";
import { keepFocus } from "@/util/keepFocus";
import LabPage from "@/pages/LabPage";
import "@/styles/base.css";

const FIRST = "confounder";

/** What a link holds, else the example that the address asks for, else the last project, else the first example. */
async function openFirst(): Promise<void> {
  try {
    const shared = await fromLink(location.hash);
    if (shared) {
      history.replaceState(history.state, "", `${location.pathname}${location.search}`);
      return openProject(shared);
    }
  } catch (error) {
    notify((error as Error).message, "error");
  }
  const asked = new URLSearchParams(location.search).get("example");
  if (asked !== null) {
    return openExample(asked).catch((error: unknown) => {
      notify((error as Error).message, "error");
      return openExample(FIRST);
    });
  }
  if (!(await restoreLast())) await openExample(FIRST);
}

const root = document.getElementById("app");
if (root) {
  render(<LabPage />, root);
  keepFocus(root);
}
// First, because it takes its token out of the address.
void findComputer();
await openFirst();
startKeeping();
startEffects();
addEventListener("hashchange", () => void openFirst());
void startOffline();
