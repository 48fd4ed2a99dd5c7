TASK_FILES = ("train-0000.tar", "val-0000.tar", "test-0000.tar", "test_labels.parquet")


rule tasks_plan:
    input:
        code=source_files("pipeline.tasks.plan"),
        labelled=LABELLED_MANIFEST,
    output:
        tasks="data/tasks/tasks.parquet",
        quarantine="data/tasks/quarantine.parquet",
        leakage="data/tasks/leakage.json",
        counts="data/tasks/counts.json",
        catalogue="data/tasks/catalogue.csv",
        provenance="data/tasks/provenance.json",
    log:
        text="logs/tasks/plan.log",
        benchmark="logs/tasks/plan.tsv",
    threads: PARAMS.tasks.workers
    params:
        values=values(
            "tasks",
            {
                "local.raw_tasks": RAW_TASKS,
                "local.listing": RAW_TASKS_LISTING,
                "local.resume": ".resume/tasks",
                "local.set_aside": "logs/tasks/set_aside.csv",
                **OWN_TABLES,
            },
        ),
    message:
        "Checking every labelled row and drawing one split across all tasks"
    shell:
        step(
            "pipeline.tasks.plan",
            "tasks",
            "labelled" if SIMULATED_TASKS else "",
            "tasks quarantine leakage counts catalogue",
        )


rule tasks_build:
    input:
        code=source_files("pipeline.tasks.build"),
        tasks=rules.tasks_plan.output.tasks,
    output:
        train="data/tasks/{task}/train-0000.tar",
        val="data/tasks/{task}/val-0000.tar",
        test="data/tasks/{task}/test-0000.tar",
        test_labels="data/tasks/{task}/test_labels.parquet",
        provenance="data/tasks/{task}/provenance.json",
    log:
        text="logs/tasks/{task}.log",
        benchmark="logs/tasks/{task}.tsv",
    params:
        values=lambda wildcards: values(
            "tasks",
            {"local.raw_tasks": RAW_TASKS, "workflow.task": wildcards.task},
        ),
    message:
        "Packing the images and labels of task {wildcards.task}"
    shell:
        step(
            "pipeline.tasks.build",
            "tasks/{wildcards.task}",
            "tasks",
            "train val test test_labels",
        )


rule tasks:
    input:
        rules.tasks_plan.output,
        expand(rules.tasks_build.output, task=TASKS),
    message:
        "The images and labels of every task are packed"
