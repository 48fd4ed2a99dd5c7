PROTOCOLS = ("knn", "linear")
PROBED = [{"task": task, "protocol": name} for task in TASKS for name in PROTOCOLS]


rule probe_embed:
    input:
        code=source_files("pipeline.probe.embed"),
        encoder=lambda wildcards: (
            [] if wildcards.encoder == "scratch" else rules.pretrain_train.output.encoder
        ),
        train=expand("data/tasks/{task}/train-0000.tar", task=TASKS),
        val=expand("data/tasks/{task}/val-0000.tar", task=TASKS),
        test=expand("data/tasks/{task}/test-0000.tar", task=TASKS),
    output:
        features="data/probe/features/{encoder}.safetensors",
        index="data/probe/features/{encoder}.parquet",
        provenance="data/probe/features/{encoder}.provenance.json",
    log:
        text="logs/probe/{encoder}-embed.log",
        benchmark="logs/probe/{encoder}-embed.tsv",
    params:
        values=lambda wildcards: values(
            "probe",
            {"workflow.encoder": wildcards.encoder, "workflow.tasks": TASKS},
        ),
    message:
        "Embedding every labelled image once with encoder {wildcards.encoder}"
    shell:
        step(
            "pipeline.probe.embed",
            "probe/features/{wildcards.encoder}",
            "encoder train val test",
            "features index",
        )


rule probe_fit:
    input:
        code=source_files("pipeline.probe.fit"),
        catalogue=rules.tasks_plan.output.catalogue,
        features=rules.probe_embed.output.features,
        index=rules.probe_embed.output.index,
        train=expand("data/tasks/{task}/train-0000.tar", task=TASKS),
        val=expand("data/tasks/{task}/val-0000.tar", task=TASKS),
    output:
        predictions=[
            f"data/probe/{{encoder}}/{one['task']}/{one['protocol']}/predictions.parquet"
            for one in PROBED
        ],
        provenance="data/probe/{encoder}/provenance.json",
    log:
        text="logs/probe/{encoder}-fit.log",
        benchmark="logs/probe/{encoder}-fit.tsv",
    params:
        values=lambda wildcards: values(
            "probe",
            {"workflow.encoder": wildcards.encoder, "workflow.predictions": PROBED},
        ),
    message:
        "Probing the frozen features of {wildcards.encoder}: nearest neighbours and linear"
    shell:
        step(
            "pipeline.probe.fit",
            "probe/{wildcards.encoder}",
            "catalogue features index train val",
            "predictions",
        )


rule probe:
    input:
        expand(rules.probe_embed.output, encoder=PARAMS.finetune.encoders),
        expand(rules.probe_fit.output, encoder=PARAMS.finetune.encoders),
    message:
        "Every probe is fitted"
