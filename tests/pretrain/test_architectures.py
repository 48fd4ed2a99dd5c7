import inspect

import timm
from timm.models.vision_transformer import VisionTransformer

from pipeline.pretrain.architectures import architecture_names, option_names, patch_size


def test_names_and_options_are_those_that_timm_reports_once_imported() -> None:
    assert architecture_names() == set(timm.list_models(module="vision_transformer"))
    signature = inspect.signature(VisionTransformer.__init__)
    set_by_the_study = {"self", "img_size", "in_chans", "num_classes"}
    assert option_names() == set(signature.parameters) - set_by_the_study


def test_the_patch_size_is_read_from_options_before_the_name() -> None:
    assert patch_size("vit_small_patch16_224", {}) == 16
    assert patch_size("vit_small_patch16_224", {"patch_size": 8}) == 8
    assert patch_size("vit_base_patch14_dinov2", {}) == 14
    assert patch_size("test_vit", {}) is None
