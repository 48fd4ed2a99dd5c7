PARTS = [f"{part:04d}" for part in range(PARAMS.deidentify.partitions)]
PART = "data/deidentify/frames/part-{part}"
OBJECTS = (
    {"objects": "data/deidentify/dicom/part-{part}.tar"} if PARAMS.deidentify.export_dicom else {}
)


rule deidentify_clean:
    input:
        code=source_files("pipeline.deidentify.clean"),
        instances=rules.ingest_scan.output.instances,
    output:
        **OBJECTS,
        frames=f"{PART}.tar",
        table=f"{PART}.parquet",
        rejected=f"{PART}.rejected.parquet",
        ledger=f"{PART}.ledger.parquet",
        review=f"{PART}.review.parquet",
        provenance=f"{PART}.provenance.json",
    log:
        text="logs/deidentify/part-{part}.log",
        benchmark="logs/deidentify/part-{part}.tsv",
    params:
        values=lambda wildcards: values(
            "deidentify",
            {
                "local.raw": RAW,
                "local.resume": f"data/deidentify/.resume/part-{wildcards.part}",
                "workflow.partition": int(wildcards.part),
            },
            "pipeline.deidentify.clean",
        ),
    message:
        "Removing identity from headers and pixels, part {wildcards.part}"
    shell:
        step(
            "pipeline.deidentify.clean",
            "deidentify/part-{wildcards.part}",
            "instances",
            f"frames table rejected ledger review {' '.join(OBJECTS)}",
        )


rule deidentify_collect:
    input:
        code=source_files("pipeline.deidentify.collect"),
        instances=rules.ingest_scan.output.instances,
        tables=expand(rules.deidentify_clean.output.table, part=PARTS),
        rejected=expand(rules.deidentify_clean.output.rejected, part=PARTS),
        ledgers=expand(rules.deidentify_clean.output.ledger, part=PARTS),
        reviews=expand(rules.deidentify_clean.output.review, part=PARTS),
    output:
        frames="data/deidentify/frames.parquet",
        rejected="data/deidentify/rejected.parquet",
        ledger="data/deidentify/ledger.parquet",
        review="data/deidentify/review.parquet",
        provenance="data/deidentify/provenance.json",
    log:
        text="logs/deidentify/collect.log",
        benchmark="logs/deidentify/collect.tsv",
    params:
        values=values("deidentify", {}, "pipeline.deidentify.collect"),
    message:
        "Joining the de-identified parts and counting that nothing was lost"
    shell:
        step(
            "pipeline.deidentify.collect",
            "deidentify",
            "instances tables rejected ledgers reviews",
            "frames rejected ledger review",
        )


rule deidentify_audit:
    input:
        code=source_files("pipeline.deidentify.audit.check"),
        instances=rules.ingest_scan.output.instances,
        quarantine=rules.ingest_scan.output.quarantine,
        regions=rules.ingest_scan.output.regions,
        frames=rules.deidentify_collect.output.frames,
        rejected=rules.deidentify_collect.output.rejected,
        ledger=rules.deidentify_collect.output.ledger,
        review=rules.deidentify_collect.output.review,
        parts=expand(rules.deidentify_clean.output.frames, part=PARTS),
        objects=expand(list(OBJECTS.values()), part=PARTS),
    output:
        audit="data/deidentify/audit.json",
        provenance="data/deidentify/audit.provenance.json",
    log:
        text="logs/deidentify/audit.log",
        benchmark="logs/deidentify/audit.tsv",
    threads: PARAMS.deidentify.audit.workers
    params:
        values=values("deidentify", {"local.raw": RAW, "local.logs": "logs"}),
    message:
        "Searching everything that was written for anything that identifies a patient"
    shell:
        step(
            "pipeline.deidentify.audit.check",
            "deidentify/audit",
            f"instances quarantine regions frames rejected ledger review parts {' '.join(OBJECTS)}",
            "audit",
        )


rule deidentify:
    input:
        expand(rules.deidentify_clean.output, part=PARTS),
        rules.deidentify_collect.output,
        rules.deidentify_audit.output,
    message:
        "Everything is de-identified and audited"
