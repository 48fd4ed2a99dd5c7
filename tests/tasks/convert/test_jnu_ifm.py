from pathlib import Path

import numpy as np

from tests.tasks.convert import files, published


def test_jnu_ifm(tmp_path: Path) -> None:
    root, out = tmp_path / "in", tmp_path / "out"
    published.jnu_ifm(root)
    folder = root / "us_data" / "20190830T115515"
    table = folder / "frame_label.csv"
    files.write(table, table.read_text() + "171,6\n172,6\n172,6\n173,9\n")
    for frame in (171, 172, 999):
        files.write(
            folder / "image" / f"20190830T115515_{frame}.png", files.encoded(files.picture(frame))
        )
    files.write(folder / "mask" / "20190830T115515_171_mask.png", files.encoded(files.blob(0, 5)))
    files.write(folder / "mask" / "20190830T115515_172_mask.png", files.encoded(0 * files.blob()))
    files.run("jnu_ifm", root, out)
    stem = "20190830T115515"
    assert files.refused_beyond(out) == {
        (f"{stem}_171.png", "", "unknown_mask_value"),
        (f"{stem}_171_mask.png", "", "unknown_mask_value"),
        (f"{stem}_172.png", "", "empty_mask"),
        (f"{stem}_172_mask.png", "", "empty_mask"),
        (f"{stem}_999.png", "", "not_listed"),
        ("frame_label.csv", "head_symphysis_multi", "duplicate_row"),
        ("frame_label.csv", "head_symphysis_multi", "bad_row"),
    }
    rows = files.rows_of(out, "head_symphysis_multi")
    videos = {Path(r["image_path"]).stem.rsplit("_", 1)[0]: r["patient"] for r in rows}
    assert videos == {video: f"jnu_ifm:{video}" for video in videos}
    both = next(row for row in rows if row["image_path"].endswith("0T115515_170.png"))
    expected = files.blob(0, 1) + np.roll(files.blob(0, 2), 16, axis=0)
    assert np.array_equal(files.mask_of(out, both), expected)


def test_one_table_of_all_videos_lists_each_frame_of_each_video(tmp_path: Path) -> None:
    root, out = tmp_path / "in", tmp_path / "out"
    for video in ("V1", "V2"):
        for frame in (1, 2):
            stem = f"{video}_{frame}"
            image = files.picture(frame + 10 * (video == "V2"))
            files.write(root / "image" / f"{stem}.png", files.encoded(image))
            mask = files.blob(frame, 7) * (stem != "V2_1")
            files.write(root / "mask" / f"{stem}_mask.png", files.encoded(mask))
    lines = ["video_name,frame_id,frame_label", "v1,1,4", "V2,1,3", "V1.mp4,2,4"]
    files.write(root / "framelabel.csv", "\n".join(lines) + "\n")
    files.run("jnu_ifm", root, out)
    assert files.refused(out) == {
        ("V2_2.png", "", "not_listed"),
        ("V2_2_mask.png", "", "not_listed"),
    }
    rows = files.rows_of(out, "head_symphysis_multi")
    visible = {Path(row["image_path"]).stem: bool(files.mask_of(out, row).any()) for row in rows}
    assert visible == {"V1_1": True, "V1_2": True, "V2_1": False}
