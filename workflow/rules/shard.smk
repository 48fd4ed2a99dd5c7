SHARDS = {
    split: [f"data/shard/shards/{split}-{number:04d}.tar" for number in range(count)]
    for split, count in (
        ("train", PARAMS.shard.train_shards),
        ("val", PARAMS.shard.val_shards),
        ("test", PARAMS.shard.test_shards),
    )
}


rule shard_build:
    input:
        code=source_files("pipeline.shard.build"),
        frames=rules.deidentify_collect.output.frames,
        parts=expand(rules.deidentify_clean.output.frames, part=PARTS),
        # Nothing is trained on before the audit has found nothing.
        audit=rules.deidentify_audit.output.audit,
    output:
        index="data/shard/index.parquet",
        shards=[path for paths in SHARDS.values() for path in paths],
        split="data/shard/split.json",
        flow="data/shard/flow.json",
        provenance="data/shard/provenance.json",
    log:
        text="logs/shard/build.log",
        benchmark="logs/shard/build.tsv",
    params:
        values=values("shard", {}),
    message:
        "Cropping frames to the sector, dropping near-duplicates, splitting by patient"
    shell:
        step(
            "pipeline.shard.build",
            "shard",
            "frames parts audit",
            "index shards split flow",
        )


rule shard:
    input:
        rules.shard_build.output,
