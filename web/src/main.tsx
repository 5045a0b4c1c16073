import { render } from "preact";
import LabPage from "@/pages/LabPage";
import { openExample } from "@/core/actions/open";
import "@/styles/base.css";

const root = document.getElementById("app");
if (root) render(<LabPage />, root);
await openExample(new URLSearchParams(location.search).get("example") ?? "confounder");
