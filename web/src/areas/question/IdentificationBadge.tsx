import Banner from "@/components/Banner";
import { check } from "@/core/lab";
import { identificationOf } from "@/core/identification";
import { graph, shownOutcome, surgery } from "@/core/question";

/** Whether the data can answer, in the core's words. */
export default function IdentificationBadge() {
  const outcome = shownOutcome.value;
  const { report } = check.value;
  if (!report || !graph.value || outcome === null || surgery.value.changed.size === 0) return null;
  const verdict = identificationOf(report, graph.value, surgery.value.changed, outcome);
  switch (verdict.kind) {
    case "identified":
      return (
        <Banner kind="good" title="The data can answer this.">
          {verdict.reason}
        </Banner>
      );
    case "open":
      return (
        <Banner kind="warn" title="The data alone cannot answer this.">
          {verdict.reason} What comes out rests on the model's assumptions.
        </Banner>
      );
    case "unknown":
      return (
        <Banner kind="info" title="Whether the data can answer this is not decided.">
          {verdict.reason}
        </Banner>
      );
  }
}
