import { useEffect, useRef, useState } from "preact/hooks";
import Banner from "@/components/Banner";
import Dialog from "@/components/Dialog";
import { project } from "@/core/lab";
import type { Link } from "@/core/share";
import { toLink } from "@/core/share";
import "./windows.css";

/** A link with the whole experiment in its fragment. */
export default function ShareWindow({ onClose }: { onClose: () => void }) {
  const [link, setLink] = useState<Link | null>(null);
  const [copied, setCopied] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    void toLink(project.value).then(setLink);
  }, []);
  const address = link ? `${location.origin}${location.pathname}${link.fragment}` : "";
  const copy = async () => {
    field.current?.select();
    await navigator.clipboard.writeText(address);
    setCopied(true);
  };
  return (
    <Dialog title="Share a link" onClose={onClose}>
      <p>
        The model, its settings and scenarios{link?.withData === false ? "" : " and the data"} are in the link itself,
        after the #. Nothing is uploaded, and opening it runs nothing.
      </p>
      {link?.withData === false && (
        <Banner kind="warn" title="The data are not in this link.">
          They would make it too long. Send the table along, or export the experiment as a file.
        </Banner>
      )}
      <label class="stack">
        <span class="small muted">Link, {address.length.toLocaleString()} characters</span>
        <textarea ref={field} class="share-link" readOnly rows={4} value={address} />
      </label>
      <div class="row">
        <button type="button" class="button primary" disabled={!link} onClick={() => void copy()}>
          Copy
        </button>
        <span role="status">{copied ? "Copied." : ""}</span>
      </div>
    </Dialog>
  );
}
