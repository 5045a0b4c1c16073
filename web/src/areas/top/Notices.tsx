import { notices } from "@/core/lab";

export default function Notices() {
  return (
    <div class="notices" role="status" aria-live="polite">
      {notices.value.map(({ id, text }) => (
        <div key={id} class="notice">
          {text}
        </div>
      ))}
    </div>
  );
}
