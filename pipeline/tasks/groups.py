"""Groups: sets of rows that share a patient, a clip or a picture, directly or over others."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components


def group_rows(
    image_digests: Sequence[str],
    owners: Sequence[Sequence[str]],
    copies_P2: npt.NDArray[np.int64],
    ranks: Sequence[int],
) -> list[str]:
    """Return each row's group: the connected components over pictures, owners and copies.

    A group is named by the first 16 digits of its smallest image digest among its rows of lowest
    rank. So its name depends neither on file names nor on the order of the rows, and stays when
    rows of a higher rank join.

    Args:
        image_digests: the picture of each row; rows of one picture belong together.
        owners: columns that name each row's patient or clip; rows of one name belong together,
            and "" is none.
        copies_P2: positions of rows that show nearly the same picture.
        ranks: the position of each row's task in the catalogue.
    """
    component = components(len(image_digests), [image_digests, *owners], copies_P2)
    rows = pd.DataFrame({"component": component, "rank": ranks, "image": list(image_digests)})
    first = rows.sort_values(["rank", "image"]).drop_duplicates("component")
    names = dict(zip(first["component"], first["image"], strict=True))
    return [names[number][:16] for number in rows["component"]]


def components(
    count: int, columns: Sequence[Sequence[str]], copies_P2: npt.NDArray[np.int64]
) -> npt.NDArray[np.int32]:
    """Return each row's component, numbered from 0, in a graph of rows and of columns' values.

    Rows with one value in a column are in one component, but for "", and so are the `copies_P2`.
    """
    nodes = count
    edges = [copies_P2.reshape(-1, 2)]
    for column in columns:
        values = np.asarray(column, object)
        named = np.flatnonzero(values != "")
        codes, distinct = pd.factorize(values[named])
        edges.append(np.stack([named, nodes + codes], axis=1))
        nodes += len(distinct)
    start, end = np.concatenate(edges).T
    graph = coo_array((np.ones(len(start)), (start, end)), (nodes, nodes))
    _, component = connected_components(graph, directed=False)
    return np.asarray(component[:count], np.int32)
