rule simulate_cohort:
    input:
        code=source_files("pipeline.simulate.cohort"),
    output:
        manifest="data/simulate/cohort.json",
        provenance="data/simulate/cohort.provenance.json",
    log:
        text="logs/simulate/cohort.log",
        benchmark="logs/simulate/cohort.tsv",
    params:
        values=values("simulate", {"local.raw": RAW}),
    message:
        "Simulating patients and writing their ultrasound studies as DICOM"
    shell:
        step("pipeline.simulate.cohort", "simulate/cohort", "", "manifest")


rule simulate_labelled:
    input:
        code=source_files("pipeline.simulate.labelled"),
    output:
        manifest="data/simulate/labelled.json",
        provenance="data/simulate/labelled.provenance.json",
    log:
        text="logs/simulate/labelled.log",
        benchmark="logs/simulate/labelled.tsv",
    params:
        values=values("simulate", {"local.raw_tasks": RAW_TASKS[0]}),
    message:
        "Simulating the labelled images of the 27 tasks"
    shell:
        step("pipeline.simulate.labelled", "simulate/labelled", "", "manifest")


# Not a job's input or output: a real study has no such files.
COHORT_MANIFEST = rules.simulate_cohort.output.manifest if SIMULATED_COHORT else []
LABELLED_MANIFEST = rules.simulate_labelled.output.manifest if SIMULATED_TASKS else []

for manifest, folder in ((COHORT_MANIFEST, RAW), (LABELLED_MANIFEST, RAW_TASKS[0])):
    if manifest:
        discard_if_stale(Path(manifest), Path(folder))


rule simulate:
    input:
        rules.simulate_cohort.output if SIMULATED_COHORT else [],
        rules.simulate_labelled.output if SIMULATED_TASKS else [],
