import { result } from "@/core/lab";

const origins = {
  stored: { label: "stored result", about: "Made when this page was built. Run computes it here, on your machine." },
  page: { label: "run here", about: "Computed in this page." },
  computer: { label: "run on this computer", about: "Computed by the native engine of this computer." },
  opened: { label: "from a file", about: "Read from a store that was opened." },
};

/** Where the results come from. */
export default function Origin() {
  const shown = result.value;
  if (!shown) return null;
  const { label, about } = origins[shown.origin];
  return (
    <span class={`origin ${shown.complete ? "" : "origin-partial"}`} title={about}>
      {label}
      {shown.complete ? "" : ", partial"}
    </span>
  );
}
