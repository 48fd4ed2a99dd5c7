PROBES = [
    Training(encoder, f"probe-{one['protocol']}", one["task"], 1.0, 0)
    for encoder in PARAMS.finetune.encoders
    for one in PROBED
]
SCORED = TRAINED + CONSTANTS + PROBES
PREDICTIONS = FINETUNED + [
    path
    for encoder in PARAMS.finetune.encoders
    for path in expand(rules.probe_fit.output.predictions, encoder=encoder)
]
TEST_LABELS = expand(rules.tasks_build.output.test_labels, task=TASKS)


rule evaluate_score:
    input:
        code=source_files("pipeline.evaluate.score"),
        catalogue=rules.tasks_plan.output.catalogue,
        predictions=PREDICTIONS,
        labels=TEST_LABELS,
    output:
        metrics="data/evaluate/metrics.parquet",
        summary="data/evaluate/metrics.json",
        transfer="data/evaluate/transfer.parquet",
        claims="data/evaluate/claims.json",
        provenance="data/evaluate/provenance.json",
    log:
        text="logs/evaluate/score.log",
        benchmark="logs/evaluate/score.tsv",
    params:
        values=values(
            "evaluate",
            {"workflow.units": [training._asdict() for training in SCORED]},
        ),
    message:
        "Scoring every prediction with the challenge's metrics and bootstrap intervals"
    shell:
        step(
            "pipeline.evaluate.score",
            "evaluate",
            "catalogue predictions labels",
            "metrics summary transfer claims",
        )


rule evaluate:
    input:
        rules.evaluate_score.output,
