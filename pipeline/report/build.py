"""Write the results table and the page.

python -m pipeline.report.build --input metrics F --input transfer F --input claims F
    --input summary F --input pretrain_curve F... --input finetune_curves F...
    --input predictions F... --input labels F... --input images F...
    --input ingest_counts F --input quarantine F --input audit F --input flow F --input leakage F
    --input task_counts F --input catalogue F
    --output results F --output page F --output provenance F

The value `workflow.units` names the model of each predictions file, in the order of the files;
models with a training curve come first, in the order of the curves.
"""

from pathlib import Path

from pipeline.evaluate.tables import METRICS
from pipeline.io.atomic import write_text
from pipeline.io.tables import read_table
from pipeline.report.context import page_context
from pipeline.report.models import Model
from pipeline.report.page import render_page
from pipeline.report.params import ReportParams
from pipeline.report.results import result_rows, write_results
from pipeline.report.sources import Sources
from pipeline.report.study import Study
from pipeline.report.train_images import train_images
from pipeline.step import Job


def build_report(
    params: ReportParams, study: Study, sources: Sources, results: Path, page: Path
) -> dict[str, float]:
    """Write results.csv and the self-contained page; return how many rows and bytes they have."""
    metrics = read_table(sources.metrics, METRICS)
    rows = result_rows(metrics.assign(n_train=train_images(metrics, sources)), study.name)
    write_results(rows, results)
    html = render_page(page_context(params, study, sources, rows))
    write_text(page, html)
    return {"rows": len(rows), "page_bytes": len(html.encode())}


def main() -> None:
    """Run as a job."""
    with Job.from_command_line() as job:
        study = Study(
            name=job.value("study.name"),
            seed=job.seed,
            simulated_cohort=job.value("cohort.source") == "simulate",
            simulated_tasks=job.value("tasks.source") == "simulate",
        )
        sources = Sources(
            models=tuple(Model(**unit) for unit in job.value("workflow.units")),
            metrics=job.input("metrics"),
            transfer=job.input("transfer"),
            claims=job.input("claims"),
            summary=job.input("summary"),
            pretrain_curves=job.inputs("pretrain_curve"),
            finetune_curves=job.inputs("finetune_curves"),
            predictions=job.inputs("predictions"),
            labels=job.inputs("labels"),
            images=job.inputs("images"),
            ingest_counts=job.input("ingest_counts"),
            quarantine=job.input("quarantine"),
            audit=job.input("audit"),
            flow=job.input("flow"),
            leakage=job.input("leakage"),
            task_counts=job.input("task_counts"),
            catalogue=job.input("catalogue"),
        )
        counts = build_report(
            job.section(ReportParams),
            study,
            sources,
            results=job.output("results"),
            page=job.output("page"),
        )
        job.log_metrics(counts)


if __name__ == "__main__":
    main()
