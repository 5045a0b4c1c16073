import { useSignal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import Banner from "@/components/Banner";
import { takeFiles } from "@/core/actions/files";
import { sizeOf, takeSample, takeTable } from "@/core/actions/tables";
import { awake } from "@/core/awake";
import type { Cells } from "@/core/cells";
import { emptyCells, pasted, toCsv } from "@/core/cells";
import { cellText } from "@/core/columns";
import type { TableState } from "@/core/lab";
import { check, project, table } from "@/core/lab";
import { areaOf, cellOf } from "@/core/problems";
import AbsentColumns from "./AbsentColumns";
import Bindings from "./Bindings";
import CellEditor from "./CellEditor";
import ColumnList from "./ColumnList";
import DataSource from "./DataSource";
import DropZone from "./DropZone";
import RefusedTable from "./RefusedTable";
import RowPreview from "./RowPreview";
import TableProblem from "./TableProblem";
import "./data-panel.css";

const typedName = "typed.csv";
/** Tables up to here can be edited cell by cell. */
const mostRows = 300;
const mostColumns = 20;

function cellsOf(state: TableState): Cells | null {
  if (state.kind !== "ready" || state.rows > mostRows || state.columns.length > mostColumns) return null;
  const row = (at: number) => state.columns.map((column) => cellText(column, at));
  return {
    header: state.columns.map(({ name }) => name),
    rows: Array.from({ length: state.rows }, (_, at) => row(at)),
  };
}

const encode = (cells: Cells) => new TextEncoder().encode(toCsv(cells));

/** The table, what is in its columns, and which argument of the model gets what. */
export default function DataPanel() {
  const state = table.value;
  const typing = useSignal<Cells | null>(null);
  const [pasting, setPasting] = useState(false);
  const { id, example } = project.value;
  useEffect(() => {
    awake.value = true;
  }, []);
  useEffect(() => {
    typing.value = null;
  }, [id, typing]);

  const takeCells = (cells: Cells) => {
    typing.value = cells;
    takeTable(typedName, encode(cells));
  };
  const takeText = (text: string): boolean => {
    const cells = pasted(text);
    if (!cells) return false;
    typing.value = null;
    takeTable("pasted.csv", encode(cells));
    setPasting(false);
    return true;
  };
  const editable = cellsOf(state);
  const problems = check.value.problems.filter((problem) => areaOf(problem) === "data");
  // What an argument lacks is said beside it.
  const general = problems.filter(({ code }) => code !== "E1105");
  const cell = problems.map(cellOf).find((found) => found !== null) ?? null;

  return (
    <DropZone
      onFiles={(files) => {
        typing.value = null;
        void takeFiles(files);
      }}
      onText={takeText}
    >
      <DataSource
        state={state}
        size={sizeOf(state)}
        pasting={pasting}
        onPaste={setPasting}
        onText={takeText}
        onFile={(file) => void takeFiles([file])}
        onType={() => (typing.value = state.kind === "empty" ? emptyCells : (editable ?? emptyCells))}
        canEdit={editable !== null && typing.value === null}
        onSample={example === undefined ? null : () => void takeSample(example)}
        typing={typing.value !== null}
      />
      <RefusedTable />
      <AbsentColumns />
      {state.kind === "failed" && <TableProblem problem={state.problem} bytes={project.value.files[state.name]} />}
      {state.kind !== "failed" &&
        general.map((problem) => (
          <Banner key={problem.message} kind={problem.severity === "error" ? "bad" : "warn"} title={problem.message}>
            {problem.hint}
          </Banner>
        ))}
      {typing.value && (
        <CellEditor cells={typing.value} onChange={takeCells} onDone={() => (typing.value = null)} flagged={cell} />
      )}
      {state.kind === "ready" && (
        <ColumnList columns={state.columns} rows={state.rows} flagged={cell?.column ?? null} />
      )}
      {state.kind === "arguments" && (
        <dl class="data-panel-values">
          {state.values.map(({ name, text }) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd class="numbers">{text}</dd>
            </div>
          ))}
        </dl>
      )}
      <Bindings state={state} />
      {state.kind === "ready" && !typing.value && (
        <RowPreview columns={state.columns} rows={state.rows} flagged={cell} />
      )}
    </DropZone>
  );
}
