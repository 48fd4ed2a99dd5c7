"""Groups: sets of rows that share a patient, a clip or a picture, directly or over others."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components


def group_rows(image_digests: Sequence[str], clips: Sequence[str]) -> list[str]:
    """Return each row's group: the connected components over equal pictures and equal clips.

    A group is named by the first 16 digits of its smallest image digest, so its name depends
    neither on file names nor on the order of the rows.
    """
    rows = np.arange(len(image_digests))
    images, distinct = pd.factorize(np.asarray(image_digests, object))
    origins, _ = pd.factorize(np.asarray(clips, object))
    # One graph whose nodes are the pictures and, numbered after them, the clips; a row is an edge.
    nodes = len(distinct) + int(origins.max(initial=-1)) + 1
    edges = coo_array((np.ones(len(rows)), (images, len(distinct) + origins)), (nodes, nodes))
    _, component_of_node = connected_components(edges, directed=False)
    component = pd.Series(component_of_node[images])
    return list(pd.Series(image_digests).groupby(component).transform("min").str[:16])
