SHUFFLED, CONSTANT = "control-shuffled-labels", "control-constant"
UNITS = {
    strategy: units_of(strategy, CATALOGUE)
    for strategy in {*PARAMS.finetune.strategies, "all-tasks"}
}
TRAININGS = [
    Training(encoder, strategy, unit, fraction, seed)
    for encoder in PARAMS.finetune.encoders
    for strategy in PARAMS.finetune.strategies
    for unit in UNITS[strategy]
    for fraction in PARAMS.finetune.fractions
    for seed in PARAMS.finetune.seeds
]
CONTROLS = [
    Training(f"control-{control}", "all-tasks", "all", 1.0, 0)
    for control in PARAMS.finetune.controls
]


# One file of each task of a unit, in the unit's order of tasks.
task_files = lambda name: lambda wildcards: [
    f"data/tasks/{task}/{name}" for task in UNITS[wildcards.strategy][wildcards.unit]
]


rule finetune_train:
    input:
        code=source_files("pipeline.finetune.train"),
        encoder=lambda wildcards: (
            [] if wildcards.encoder == "scratch" else rules.pretrain_train.output.encoder
        ),
        catalogue=rules.tasks_plan.output.catalogue,
        train=task_files("train-0000.tar"),
        val=task_files("val-0000.tar"),
        test=task_files("test-0000.tar"),
    output:
        predictions=f"{FOLDER}/predictions.parquet",
        model=f"{FOLDER}/model.safetensors",
        curve=f"{FOLDER}/curve.csv",
        provenance=f"{FOLDER}/provenance.json",
    log:
        text="logs/finetune/{encoder}/{strategy}/{unit}/fraction{fraction}-seed{seed}.log",
        benchmark="logs/finetune/{encoder}/{strategy}/{unit}/fraction{fraction}-seed{seed}.tsv",
    wildcard_constraints:
        encoder=f"(?!{CONSTANT})[^/]+",
    threads: PARAMS.finetune.training.threads
    params:
        values=lambda wildcards: values(
            "finetune",
            {
                "workflow.encoder": wildcards.encoder,
                "workflow.strategy": wildcards.strategy,
                "workflow.unit": wildcards.unit,
                "workflow.tasks": list(UNITS[wildcards.strategy][wildcards.unit]),
                "workflow.fraction": float(wildcards.fraction),
                "workflow.seed": int(wildcards.seed),
            },
        ),
    message:
        "Finetuning {wildcards.encoder}, {wildcards.strategy}: {wildcards.unit}"
    shell:
        step(
            "pipeline.finetune.train",
            "finetune/{wildcards.encoder}/{wildcards.strategy}/{wildcards.unit}/"
            "fraction{wildcards.fraction}/seed{wildcards.seed}",
            "encoder catalogue train val test",
            "predictions model curve",
        )


rule finetune_constant:
    input:
        code=source_files("pipeline.finetune.controls"),
        catalogue=rules.tasks_plan.output.catalogue,
        train=expand("data/tasks/{task}/train-0000.tar", task=TASKS),
        test=expand("data/tasks/{task}/test-0000.tar", task=TASKS),
    output:
        predictions="data/finetune/control-constant/all-tasks/all/fraction1.0/seed0/predictions.parquet",
        provenance="data/finetune/control-constant/all-tasks/all/fraction1.0/seed0/provenance.json",
    log:
        text="logs/finetune/control-constant.log",
        benchmark="logs/finetune/control-constant.tsv",
    params:
        values=values("finetune", {"workflow.tasks": TASKS}),
    message:
        "Control: predicting the majority class, the mean box, the mean landmarks"
    shell:
        step(
            "pipeline.finetune.controls",
            "finetune/control-constant",
            "catalogue train test",
            "predictions",
        )


TRAINED = TRAININGS + [control for control in CONTROLS if control.encoder == SHUFFLED]
CONSTANTS = [control for control in CONTROLS if control.encoder == CONSTANT]
FINETUNED = [f"{training.folder}/predictions.parquet" for training in TRAINED + CONSTANTS]
CURVES = [f"{training.folder}/curve.csv" for training in TRAINED]


rule finetune:
    input:
        expand(
            "{training.folder}/{file}",
            training=TRAINED,
            file=["predictions.parquet", "model.safetensors", "curve.csv", "provenance.json"],
        ),
        expand(
            "{training.folder}/{file}",
            training=CONSTANTS,
            file=["predictions.parquet", "provenance.json"],
        ),
    message:
        "Every model and control is trained"
