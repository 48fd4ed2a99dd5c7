PRETRAINED = f"data/pretrain/{PARAMS.pretrain.method}-{PARAMS.pretrain.arch}/seed0"


rule pretrain_train:
    input:
        code=source_files("pipeline.pretrain.train"),
        index=rules.shard_build.output.index,
        shards=SHARDS["train"],
    output:
        encoder=f"{PRETRAINED}/encoder.safetensors",
        curve=f"{PRETRAINED}/curve.csv",
        compute=f"{PRETRAINED}/compute.json",
        provenance=f"{PRETRAINED}/provenance.json",
    log:
        text="logs/pretrain/train.log",
        benchmark="logs/pretrain/train.tsv",
    threads: PARAMS.pretrain.threads
    params:
        values=values("pretrain", {"local.resume": ".resume/pretrain"}),
    message:
        "Pretraining the encoder on unlabelled frames by self-distillation"
    shell:
        step(
            "pipeline.pretrain.train",
            "pretrain",
            "index shards",
            "encoder curve compute",
        )


rule pretrain:
    input:
        rules.pretrain_train.output,
