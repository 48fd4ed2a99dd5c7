rule ingest_scan:
    input:
        code=source_files("pipeline.ingest.scan"),
        cohort=COHORT_MANIFEST,
    output:
        instances="data/ingest/instances.parquet",
        quarantine="data/ingest/quarantine.parquet",
        regions="data/ingest/regions.parquet",
        counts="data/ingest/counts.json",
        provenance="data/ingest/provenance.json",
    log:
        text="logs/ingest/scan.log",
        benchmark="logs/ingest/scan.tsv",
    threads: PARAMS.ingest.workers
    params:
        values=values(
            "ingest",
            {
                "local.raw": RAW,
                "local.listing": RAW_LISTING,
                "local.resume": ".resume/ingest",
                "local.key_id": KEY_ID,
            },
        ),
    message:
        "Reading every file of the archive once and sorting out what is no ultrasound image"
    shell:
        step(
            "pipeline.ingest.scan",
            "ingest",
            "cohort" if SIMULATED_COHORT else "",
            "instances quarantine regions counts",
        )


rule ingest:
    input:
        rules.ingest_scan.output,
