import { useMemo } from "preact/hooks";
import EffectHistogram from "@/charts/live/EffectHistogram";
import type { Mark } from "@/charts/live/EffectMarks";
import Banner from "@/components/Banner";
import SavePicture from "@/components/SavePicture";
import TableTwin from "@/components/TableTwin";
import type { Table } from "@/components/TableTwin";
import { openDocs } from "@/core/actions/docs";
import { letters, scaledDraws } from "@/core/effectWords";
import type { EffectWords } from "@/core/effectWords";
import { outcomeSupport } from "@/core/support";
import { effectWords } from "@/core/effectWords";
import { activeEffect, project, reference, result, stale } from "@/core/lab";
import type { EffectView, Reference } from "@/core/lab";
import { keyOf, requestOf } from "@/core/effects";
import { directions, quantile, sort } from "@/util/draws";
import { counted, number, percent, signed } from "@/util/format";
import { capital, scenarioWords } from "@/core/sentences";
import EffectRows from "./EffectRows";
import "./effect-card.css";

interface Props {
  index: number;
  view: EffectView;
  /** There are others: this one has a letter. */
  lettered: boolean;
}

/** One effect: a sentence, how sure it is, and the draws behind it. */
export default function EffectCard({ index, view, lettered }: Props) {
  const words = effectWords(project.value, index, view, outcomeSupport(view.report?.outcome));
  const tone = 1 + (index % 5);
  if (view.kind === "failed" || !words || !view.report) return <Missing view={view} />;
  const updating = view.kind === "updating";
  const chosen = lettered && index === activeEffect.value;
  return (
    <article class={`effect-card ${stale.value ? "effect-card-stale" : ""} ${updating ? "effect-card-updating" : ""}`}>
      <h3 class="effect-card-sentence" id={`effect-${index}`} tabIndex={-1}>
        {lettered && (
          <button
            type="button"
            class={`effect-card-letter chart-tone-${tone}`}
            aria-pressed={chosen}
            aria-label={`Show effect ${letters[index] ?? index + 1} in the graph`}
            onClick={() => (activeEffect.value = index)}
          >
            {letters[index] ?? index + 1}
          </button>
        )}
        {words.action}
        {words.verb}
        <strong class="effect-card-amount numbers">{words.amount}</strong>
      </h3>
      <p>
        <span class="muted">How sure:</span> {words.sure} {words.direction}
      </p>
      {view.kind === "waiting" && (
        <Banner kind="info">
          {capital(scenarioWords(project.value.experiment, requestOf(project.value.experiment, index).intervention))}:
          the next run computes it. What is shown is the answer before.
        </Banner>
      )}
      <Drawn
        index={index}
        view={view}
        words={words}
        tone={tone}
        file={lettered ? `effect-${letters[index] ?? index + 1}` : "effect"}
      />
      <Notes view={view} words={words} />
      {view.key && result.value?.fit && <EffectRows question={view.key} scale={words.scale} tone={tone} />}
    </article>
  );
}

interface DrawnProps {
  index: number;
  view: EffectView;
  words: EffectWords;
  tone: number;
  /** Name of the files that it is kept as. */
  file: string;
}

function Drawn({ index, view, words, tone, file }: DrawnProps) {
  const known = reference.value;
  const applies = known !== null && known.contrast === (view.key ?? keyOf(requestOf(project.value.experiment, index)));
  const { factor, unit, what } = words.scale;
  const { ate } = view.report ?? { ate: null };
  const series = useMemo(() => {
    const hdi: [number, number] | null =
      ate && ate.hdi_low !== null && ate.hdi_high !== null ? [ate.hdi_low * factor, ate.hdi_high * factor] : null;
    return [{ draws: scaledDraws(view, words.scale), tone, hdi }];
  }, [view, tone, factor]);
  const marks = useMemo(() => marksOf(view, words, applies ? known : null, tone), [view, words.amount, applies, known]);
  if (view.draws.length < 2) return null;
  return (
    <>
      <SavePicture name={file}>
        <EffectHistogram
          series={series}
          marks={marks}
          name={`Histogram of ${counted(view.draws.length, "draw")} of the effect. ${words.sure} ${marks.map(({ label }) => label).join("; ")}`}
          axis={`effect on ${what}${unit ? `, ${unit}` : ""}`}
        />
      </SavePicture>
      <TableTwin table={tableOf(view, words, applies ? known : null)} write={String} />
      {applies && <Explained known={known} />}
    </>
  );
}

function marksOf(view: EffectView, { scale: { factor } }: EffectWords, known: Reference | null, tone: number): Mark[] {
  const { mean, sd } = view.report?.ate ?? { mean: null, sd: null };
  const spread = sd === null ? null : sd * factor;
  const mark = (value: number | null | undefined, label: string, colour: string, dash?: string): Mark[] =>
    value === null || value === undefined
      ? []
      : [
          {
            value: value * factor,
            label: `${label} ${signed(value * factor, spread)}`,
            colour,
            ...(dash ? { dash } : {}),
          },
        ];
  return [
    ...mark(mean, "this model", `series-${tone}`),
    ...mark(known?.truth, "truth", "good", "6 3"),
    ...mark(known?.naive, "naive", "bad", "2 3"),
  ];
}

/** What the histogram shows, in numbers. */
function tableOf(view: EffectView, { scale }: EffectWords, known: Reference | null): Table {
  const { mean, sd, hdi_low, hdi_high } = view.report?.ate ?? { mean: null, sd: null, hdi_low: null, hdi_high: null };
  const by = (value: number | null) => (value === null ? null : value * scale.factor);
  const spread = by(sd);
  const sorted = sort(scaledDraws(view, scale));
  const { negative, positive } = directions(sorted);
  const share = percent(view.report?.hdi_prob);
  const marked = (label: string, value: number | null) => (value === null ? [] : [[label, signed(by(value), spread)]]);
  return {
    columns: ["effect", scale.unit || "value"],
    rows: [
      ["mean", signed(by(mean), spread)],
      ["sd", number(spread, 2)],
      [`${share} HDI from`, signed(by(hdi_low), spread)],
      [`${share} HDI to`, signed(by(hdi_high), spread)],
      ...[5, 25, 50, 75, 95].map((at) => [`quantile ${at} %`, signed(quantile(sorted, at / 100), spread)]),
      ["probability that it is positive", percent(positive)],
      ["probability that it is negative", percent(negative)],
      ...marked("truth", known?.truth ?? null),
      ...marked("naive", known?.naive ?? null),
    ],
  };
}

function Explained({ known }: { known: Reference }) {
  return (
    <dl class="effect-card-explained small">
      {known.truth !== null && (
        <div>
          <dt>Truth</dt>
          <dd>known here, because these data were simulated.</dd>
        </div>
      )}
      {known.naive !== null && (
        <div>
          <dt>Naive</dt>
          <dd>the same contrast from a model that ignores the confounder: it takes correlation for effect.</dd>
        </div>
      )}
    </dl>
  );
}

function Notes({ view, words }: { view: EffectView; words: EffectWords }) {
  const { report } = view;
  if (!report) return null;
  const warnings = report.warnings.filter(({ code }) => code !== "W1107");
  return (
    <>
      {report.identified === false && (
        <Banner kind="warn" title="The data alone may not tell this effect.">
          {report.warnings.find(({ code }) => code === "W1107")?.message ??
            "An open path from an unobserved cause remains, so the answer rests on the model's assumptions about it."}
        </Banner>
      )}
      {warnings.map(({ code, message, hint }) => (
        <Banner key={code + message} kind="warn" title={message}>
          {hint}
        </Banner>
      ))}
      <p class="muted small">
        {words.against} {view.draws.length > 1 && `${counted(view.draws.length, "draw")}, `}
        {counted(report.rows, "row")}. Both sides use the same random numbers, so chance does not pass for an effect.
        {report.identified === true && " Identified: every other path between them is blocked."}{" "}
        <button type="button" class="effect-tab-link" onClick={() => openDocs("effects")}>
          How to read this
        </button>
      </p>
    </>
  );
}

function Missing({ view }: { view: EffectView }) {
  if (view.kind === "updating")
    return <div class="skeleton effect-card-skeleton" role="status" aria-label="Computing the effect" />;
  return (
    <Banner kind="bad" title={view.problem?.message ?? "This effect was not computed."}>
      {view.problem?.hint ?? (result.value?.fit ? "" : "Run computes it.")}
    </Banner>
  );
}
