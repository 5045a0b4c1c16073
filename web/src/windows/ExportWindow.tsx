import { useEffect, useRef, useState } from "preact/hooks";
import Banner from "@/components/Banner";
import Dialog from "@/components/Dialog";
import { saveStore } from "@/core/actions/save";
import { toProblem } from "@/core/engine";
import { project, result, table } from "@/core/lab";
import type { FileOut } from "@/core/transfer";
import { download, experimentFile, fileStem, folderFile } from "@/core/transfer";
import { summaryCsv } from "@/core/summaryCsv";
import "./windows.css";

/** Files that the command line, Xarray and spreadsheets open. */
export default function ExportWindow({ onClose }: { onClose: () => void }) {
  const [problem, setProblem] = useState<string | null>(null);
  const shown = result.value;
  const ready = table.value.kind === "ready" ? table.value.columns : null;
  const needsTable = typeof project.value.experiment.data?.train === "string";
  const save = (make: () => Promise<FileOut> | FileOut) => async () => {
    try {
      setProblem(null);
      download(await make());
    } catch (error) {
      setProblem(toProblem(error).message);
    }
  };
  const stem = fileStem(project.value);
  const [without, setWithout] = useState<string | null>(null);
  const [saving, setSaving] = useState(false);
  const abort = useRef<AbortController | null>(null);
  useEffect(() => () => abort.current?.abort(), []);
  const saveResult = async () => {
    const { signal } = (abort.current = new AbortController());
    setSaving(true);
    setWithout(null);
    setProblem(null);
    try {
      const saved = await saveStore(signal);
      download(saved.file);
      setWithout(saved.without);
    } catch (error) {
      if (!signal.aborted) setProblem(toProblem(error).message);
    } finally {
      setSaving(false);
    }
  };
  return (
    <Dialog title="Export" onClose={onClose}>
      {problem && <Banner kind="bad">{problem}</Banner>}
      {without && (
        <Banner kind="warn" title="The store was saved without effects.">
          {without}
        </Banner>
      )}
      {shown && !shown.complete && <Banner kind="warn">The run was stopped early; what you export is partial.</Banner>}
      <ul class="export-list">
        <Item
          title="Experiment, one file"
          what={`Model, data and settings: dolab run ${stem}.dolab.json`}
          disabled={needsTable && !ready}
          onClick={save(() => experimentFile(project.value, ready))}
        />
        <Item
          title="Experiment, a folder"
          what="The same as files in a zip"
          onClick={save(() => folderFile(project.value))}
        />
        <Item
          title="Result store"
          what={
            shown?.fit
              ? "Draws, data, effects and experiment as .zarr.zip, for this page, dolab, Xarray and ArviZ"
              : "Draws, data, effects and experiment: there after a run"
          }
          disabled={!shown?.fit && !saving}
          onCancel={saving ? () => abort.current?.abort() : null}
          onClick={saveResult}
        />
        <Item
          title="Posterior table"
          what={shown?.summary ? "What the table shows, as CSV" : "There after a run"}
          disabled={!shown?.summary}
          onClick={save(() => ({
            name: `${stem}-posterior.csv`,
            bytes: summaryCsv(shown?.summary ?? null),
            type: "text/csv",
          }))}
        />
      </ul>
      <p class="small muted">
        Each plot has its own buttons for SVG and PNG. Files are made in this page; nothing is uploaded.
      </p>
    </Dialog>
  );
}

interface ItemProps {
  title: string;
  what: string;
  disabled?: boolean;
  /** While it is being made. */
  onCancel?: (() => void) | null;
  onClick: () => Promise<void>;
}

function Item({ title, what, disabled = false, onCancel = null, onClick }: ItemProps) {
  return (
    <li class="export-item">
      <div>
        <strong>{title}</strong>
        <p class="small muted">{what}</p>
      </div>
      <button
        type="button"
        class="button"
        disabled={disabled}
        aria-label={`${onCancel ? "Cancel" : "Save"}: ${title}`}
        onClick={() => (onCancel ? onCancel() : void onClick())}
      >
        {onCancel ? "Cancel" : "Save"}
      </button>
    </li>
  );
}
