from pathlib import Path

from pipeline.submission.rows import Account, rows_to_predict
from pipeline.tasks.catalogue import load_catalogue
from tests.challenge_layout import ChallengeFolder, speckle

TASKS = load_catalogue()


def _planned(folder: ChallengeFolder) -> tuple[int, Account]:
    account = Account()
    found = rows_to_predict(folder.write(), TASKS, set(TASKS), account)
    return sum(len(entries) for entries in found.values()), account


def test_two_tasks_do_not_write_one_mask(tmp_path: Path) -> None:
    folder = ChallengeFolder(tmp_path)
    path = folder.save("seg/a.png", speckle(1, 20, 24))
    for task in ("cervix", "cervix_multi", "cervix"):
        folder.add(TASKS[task], path)
    planned, account = _planned(folder)
    assert planned == 2  # the same answer twice is no harm
    ((row, defect),) = account.unreadable
    assert (row.number, defect.reason, defect.field) == (2, "ambiguous_path", "mask_path")


def test_two_tasks_of_one_image_have_masks_of_their_own(tmp_path: Path) -> None:
    folder = ChallengeFolder(tmp_path)
    path = folder.save("seg/a.png", speckle(1, 20, 24))
    for task in ("cervix", "cervix_multi"):
        folder.add(TASKS[task], path, mask_path=f"../seg/{task}.png")
    planned, account = _planned(folder)
    assert (planned, account.unreadable) == (2, [])
