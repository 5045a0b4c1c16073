import { render } from "preact";
import { notify } from "@/core/actions/edit";
import { startEffects } from "@/core/actions/effects";
import { keepNow, restoreLast, startKeeping } from "@/core/actions/keep";
import { openExample, openProject } from "@/core/actions/open";
import { readAddress } from "@/core/address";
import { findComputer } from "@/core/computer";
import { startOffline } from "@/core/offline";
import { fromLink } from "@/core/share";
import { startSupports } from "@/core/support";
import { keepFocus } from "@/util/keepFocus";
import LabPage from "@/pages/LabPage";
import "@/styles/base.css";

const FIRST = "confounder";
const asked = readAddress(location.search);

/** Opens what the link in the address holds; false if it holds none, or a damaged one, which is said. */
async function openLink(): Promise<boolean> {
  try {
    const shared = await fromLink(location.hash);
    if (!shared) return false;
    history.replaceState(history.state, "", `${location.pathname}${location.search}`);
    await keepNow();
    openProject(shared);
    return true;
  } catch (error) {
    notify((error as Error).message, "error");
    return false;
  }
}

/** A link, else the example that the address asks for, else the last project, else the first example. */
async function openFirst(): Promise<void> {
  if (await openLink()) return;
  if (asked.example !== null) {
    return openExample(asked.example).catch((error: unknown) => {
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
for (const problem of asked.problems) notify(problem, "error");
startKeeping();
startEffects();
startSupports();
addEventListener("hashchange", () => void openLink());
void startOffline();
