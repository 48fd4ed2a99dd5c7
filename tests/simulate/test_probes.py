from typing import get_args

import numpy as np
import pytest

from pipeline.simulate.probes import Probe, ProbeKind


@pytest.mark.parametrize("kind", get_args(ProbeKind))
@pytest.mark.parametrize("shape", [(100, 150), (120, 110)])
def test_scan_conversion_undoes_sampling(kind: ProbeKind, shape: tuple[int, int]) -> None:
    probe = Probe(kind, *shape)
    rows, columns = np.indices(shape, dtype=np.float32)
    smooth_HW = np.sin(rows / 15) + np.cos(columns / 20)
    back_HW = probe.scan_convert(probe.sample(smooth_HW))
    inner = probe.sector.copy()
    inner[:, :2] = inner[:, -2:] = False
    assert np.abs(back_HW - smooth_HW)[inner].max() < 0.05
    assert np.all(back_HW[~probe.sector] == 0)


@pytest.mark.parametrize("kind", get_args(ProbeKind))
def test_the_sector_reaches_the_bottom_in_the_middle(kind: ProbeKind) -> None:
    sector = Probe(kind, 100, 140).sector
    assert sector[-2, 70]
    assert sector.mean() > 0.4
