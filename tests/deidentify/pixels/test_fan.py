import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pipeline.deidentify.pixels.fan import EDGES, INNER, Fan

HEIGHT, WIDTH = 60, 80


def fans() -> st.SearchStrategy[Fan]:
    return st.builds(
        lambda x, up, half, turn, inner, deep: Fan(
            x, -up, turn - half, turn + half, up + inner, up + inner + deep, 3, 2, WIDTH - 5, HEIGHT
        ),
        st.floats(10, 70),
        st.floats(0.5, 2000),
        st.floats(0.02, 0.9),
        st.floats(-0.3, 0.3),
        st.floats(0, 20),
        st.floats(10, 60),
    )


@settings(max_examples=50, deadline=None)
@given(fans(), st.lists(st.floats(0, 9), min_size=len(EDGES), max_size=len(EDGES)))
def test_the_mask_is_what_no_edge_leaves_out(fan: Fan, reach: list[float]) -> None:
    columns, rows = np.meshgrid(np.arange(WIDTH, dtype=float), np.arange(HEIGHT, dtype=float))
    mask = fan.mask(np.array(reach), HEIGHT, WIDTH)
    # What lies on an edge may fall on either side by rounding.
    assert mask[fan.within(columns, rows, np.array(reach) - 1e-3)].all()
    assert not mask[~fan.within(columns, rows, np.array(reach) + 1e-3)].any()


@settings(max_examples=50, deadline=None)
@given(fans(), st.sampled_from(EDGES), st.floats(0, 9))
def test_points_beyond_an_edge_are_so_far_beyond(fan: Fan, edge: int, away: float) -> None:
    # Within the inner arc nothing is farther from it than its centre.
    assume(edge != INNER or away < fan.inner)
    columns, rows = fan.beyond(edge, np.array([away]), 50)
    reach = np.full(len(EDGES), np.inf)
    for reached, all_within in ((away + 1e-6, True), (away - 1e-6, False)):
        reach[edge] = reached
        within = fan.within(columns, rows, reach)
        assert within.shape == np.broadcast_shapes(columns.shape, rows.shape)
        assert within.all() if all_within else not within.any()
