import { useRef, useState } from "preact/hooks";
import Banner from "@/components/Banner";
import type { TableState } from "@/core/lab";

interface Props {
  state: TableState;
  /** "1,000 rows, 4 columns" */
  size: string;
  pasting: boolean;
  onPaste: (open: boolean) => void;
  onText: (text: string) => boolean;
  onFile: (file: File) => void;
  onType: () => void;
  canEdit: boolean;
  typing: boolean;
  onSample: (() => void) | null;
}

/** Which table it is, and the ways to another one. */
export default function DataSource(props: Props) {
  const { state, size, pasting, onPaste, onFile, onType, canEdit, typing, onSample } = props;
  const picker = useRef<HTMLInputElement>(null);
  const empty = state.kind === "empty" && !typing;
  const reading = state.kind === "reading";
  return (
    <div class={empty ? "data-source data-source-empty" : "data-source"}>
      {empty ? (
        <p>Drop a CSV, TSV or JSON file here, paste cells from a spreadsheet, or type a few.</p>
      ) : (
        <p class="data-source-name" role="status">
          <strong>{state.kind === "empty" ? "New table" : state.name}</strong>
          <span class="muted numbers">{reading ? "reading…" : size}</span>
        </p>
      )}
      <div class="row">
        <button
          type="button"
          class={`button ${empty && onSample === null ? "primary" : ""}`}
          onClick={() => picker.current?.click()}
        >
          {empty ? "Choose a file" : "Another file"}
        </button>
        <button type="button" class="button" aria-expanded={pasting} onClick={() => onPaste(!pasting)}>
          Paste cells
        </button>
        {(empty || canEdit) && (
          <button type="button" class="button" onClick={onType}>
            {empty ? "Type a table" : "Edit cells"}
          </button>
        )}
        {empty && onSample && (
          <button type="button" class="button primary" onClick={onSample}>
            Load the sample
          </button>
        )}
        <input
          ref={picker}
          type="file"
          class="visually-hidden"
          tabIndex={-1}
          aria-label="Table from a file"
          accept=".csv,.tsv,.txt,.json,.npy,.npz,.gz,text/csv,application/json"
          onChange={(event) => {
            const file = event.currentTarget.files?.[0];
            event.currentTarget.value = "";
            if (file) onFile(file);
          }}
        />
      </div>
      {pasting && <PasteBox onText={props.onText} onClose={() => onPaste(false)} />}
      {reading && <div class="skeleton data-source-skeleton" aria-hidden="true" />}
    </div>
  );
}

function PasteBox({ onText, onClose }: { onText: (text: string) => boolean; onClose: () => void }) {
  const [text, setText] = useState("");
  const [failed, setFailed] = useState(false);
  return (
    <form
      class="stack data-source-paste"
      onSubmit={(event) => {
        event.preventDefault();
        setFailed(!onText(text));
      }}
    >
      <label class="stack">
        Cells, with the names of the columns in the first row
        <textarea
          class="field"
          rows={6}
          spellcheck={false}
          value={text}
          ref={(field) => {
            if (field && text === "") field.focus();
          }}
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </label>
      {failed && <Banner kind="bad" title="There are no cells in it" />}
      <div class="row">
        <button type="submit" class="button primary" disabled={text.trim() === ""}>
          Use these cells
        </button>
        <button type="button" class="button" onClick={onClose}>
          Cancel
        </button>
      </div>
    </form>
  );
}
