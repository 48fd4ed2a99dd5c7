rule report_build:
    input:
        code=source_files("pipeline.report.build"),
        metrics=rules.evaluate_score.output.metrics,
        transfer=rules.evaluate_score.output.transfer,
        claims=rules.evaluate_score.output.claims,
        summary=rules.evaluate_score.output.summary,
        pretrain_curve=rules.pretrain_train.output.curve,
        finetune_curves=CURVES,
        predictions=PREDICTIONS,
        labels=TEST_LABELS,
        images=expand(rules.tasks_build.output.test, task=TASKS),
        ingest_counts=rules.ingest_scan.output.counts,
        quarantine=rules.ingest_scan.output.quarantine,
        audit=rules.deidentify_audit.output.audit,
        flow=rules.shard_build.output.flow,
        leakage=rules.tasks_plan.output.leakage,
        task_counts=rules.tasks_plan.output.counts,
        catalogue=rules.tasks_plan.output.catalogue,
    output:
        results="data/report/results.csv",
        page="data/report/index.html",
        provenance="data/report/provenance.json",
    log:
        text="logs/report/build.log",
        benchmark="logs/report/build.tsv",
    params:
        values=values(
            "report",
            {"workflow.units": [training._asdict() for training in SCORED]},
        ),
    message:
        "Writing results.csv and the results page"
    shell:
        step(
            "pipeline.report.build",
            "report",
            "metrics transfer claims summary pretrain_curve finetune_curves predictions labels"
            " images ingest_counts quarantine audit flow leakage task_counts catalogue",
            "results page",
        )


rule report:
    input:
        rules.report_build.output,
