import { closeNotice } from "@/core/actions/edit";
import { notices } from "@/core/lab";
import NewerVersion from "./NewerVersion";

export default function Notices() {
  return (
    <div class="notices" role="status" aria-live="polite">
      <NewerVersion />
      {notices.value.map(({ id, text, kind }) => (
        <div key={id} class="notice">
          {text}
          {kind === "error" && (
            <button type="button" class="notice-close" aria-label="Close the message" onClick={() => closeNotice(id)}>
              Close
            </button>
          )}
        </div>
      ))}
    </div>
  );
}
