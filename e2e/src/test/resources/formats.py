"""Reads exports of one result with the programs that people use, and compares each with the lines. Prints what was compared.

usage: formats.py FOLDER WIDTH HEIGHT SOURCE, where FOLDER has lines.jsonl (with tracks) and an export for each format; and all.jsonl,
with a line of every kind, and tables of it.
Exits with 3 and a reason when a reader is not installed.
"""
import json
import pathlib
import sys
import zipfile

try:
    import datumaro
    import motmetrics
    import pandas
    import pyarrow
    import pyarrow.parquet
    from PIL import Image
    from pycocotools.coco import COCO
except ImportError as e:
    print(e)
    sys.exit(3)

folder = pathlib.Path(sys.argv[1])
width, height = int(sys.argv[2]), int(sys.argv[3])
lines = [json.loads(line) for line in open(folder / "lines.jsonl")]


def expected(*fields):
    """frame -> sorted list of (label, x1, y1, x2, y2, fields...)"""
    return {
        line["frame"]: sorted(
            (d["class"], *[round(v, 2) for v in d["box"]], *[d.get(f, -1) for f in fields]) for d in line["detections"]
        )
        for line in lines
    }


def same(name, found, wanted, tolerance=0.006):
    assert found.keys() == wanted.keys(), (name, sorted(found)[:5], sorted(wanted)[:5])
    boxes = 0
    for frame, rows in wanted.items():
        got = sorted(found[frame])
        assert len(got) == len(rows), (name, frame, got, rows)
        for a, b in zip(got, rows):
            assert a[0] == b[0], (name, frame, a, b)
            assert all(abs(x - y) <= tolerance for x, y in zip(a[1:], b[1:])), (name, frame, a, b)
            boxes += 1
    print(f"{name}: {len(wanted)} frames, {boxes} boxes")


def rows(items, key):
    found = {line["frame"]: [] for line in lines}
    for item in items:
        frame, row = key(item)
        found[frame].append(row)
    return found


# COCO: images are frames from 0, boxes are left, top, width, height.
coco = COCO(str(folder / "out.coco.json"))
found = {}
for image in coco.loadImgs(coco.getImgIds()):
    assert (image["width"], image["height"]) == (width, height)
    found[image["id"]] = []
    for a in coco.loadAnns(coco.getAnnIds(imgIds=[image["id"]])):
        x, y, w, h = a["bbox"]
        label = coco.loadCats([a["category_id"]])[0]["name"]
        found[image["id"]].append((label, x, y, x + w, y + h, a["score"], a.get("track_id", -1)))
same("coco by pycocotools", found, expected("score", "track"), 0.011)

# CSV by pandas.
table = pandas.read_csv(folder / "out.csv", dtype={"track": "Int64"})
found = rows(
    table.itertuples(),
    lambda r: (r.frame, (r[4], r.x1, r.y1, r.x2, r.y2, r.score, -1 if pandas.isna(r.track) else int(r.track))),
)
assert set(table["source"]) == {sys.argv[4]}, set(table["source"])
same("csv by pandas", found, expected("score", "track"))

# Tables: every value of every line, and nothing where a line has none.
WHOLE = ["frame", "class_id", "track", "camera_frame", "time_ns"]
TEXT = ["stream", "class", "error", "source", "file", "zones"]
DETECTION = ["class", "class_id", "score", "track", "distance_m", "yaw", "pitch", "width_deg", "height_deg"]


def table_rows(lines, source):
    for line in lines:
        frame = {f: line.get(f) for f in ["frame", "pts_ms", "stream", "error", "file", "time_ns", "camera_frame"]}
        frame |= {f: line.get("oxts", {}).get(f) for f in ["lat", "lon", "speed", "heading"]}
        frame["source"] = source
        for d in line["detections"] if "error" not in line else [None]:
            found = {f: d.get(f) if d else None for f in DETECTION}
            found |= dict(zip(["x1", "y1", "x2", "y2"], d["box"] if d else [None] * 4))
            found["zones"] = " ".join(d["zones"]) if d and "zones" in d else None
            yield frame | found


for name, source in [("out", sys.argv[4]), ("all", "a drive.zip")]:
    lines_of = lines if name == "out" else [json.loads(line) for line in open(folder / "all.jsonl")]
    wanted = list(table_rows(lines_of, source))
    table = pyarrow.parquet.read_table(folder / f"{name}.parquet")
    kinds = {f.name: str(f.type) for f in table.schema}
    for field, kind in kinds.items():
        assert kind == (
            "timestamp[ns, tz=UTC]" if field == "time_ns" else "int64" if field in WHOLE else "string" if field in TEXT
            else "double"), (field, kind)
    times = table.schema.get_field_index("time_ns")
    plain = table.set_column(times, "time_ns", table.column(times).cast(pyarrow.int64()))
    assert plain.to_pylist() == wanted, [p for p in zip(plain.to_pylist(), wanted) if p[0] != p[1]][:1]
    frame = pandas.read_parquet(folder / f"{name}.parquet", dtype_backend="numpy_nullable")
    assert set(frame.columns) == set(wanted[0]), list(frame.columns)
    text = pandas.read_csv(
        folder / f"{name}.csv",
        dtype={f: "Int64" for f in WHOLE} | {f: "string" for f in TEXT},
        float_precision="round_trip",
        keep_default_na=False,
        na_values={f: [""] for f in frame.columns},
    )
    assert list(text.columns) == list(frame.columns)
    assert len(text) == len(frame) == len(wanted)
    for i, row in enumerate(wanted):
        for field, value in row.items():
            for reader, cell in [("parquet", frame[field][i]), ("csv", text[field][i])]:
                if field == "time_ns" and reader == "parquet":
                    cell = None if pandas.isna(cell) else cell.value
                if reader == "csv" and isinstance(cell, str) and cell[:2] in ("'=", "'+", "'-", "'@"):
                    cell = cell[1:]
                assert pandas.isna(cell) if value is None else cell == value, (reader, name, i, field, cell, value)
    print(f"{name}.parquet by pyarrow and pandas, {name}.csv by pandas: {len(wanted)} rows, {len(kinds)} columns")

coco = COCO(str(folder / "all.coco.json"))
for line in (json.loads(line) for line in open(folder / "all.jsonl")):
    image = coco.loadImgs([line["frame"]])[0]
    for field in ["camera", "camera_frame", "time_ns", "oxts", "error"]:
        assert image.get(field) == line.get(field), (image, line)
    annotations = coco.loadAnns(coco.getAnnIds(imgIds=[line["frame"]]))
    for a, d in zip(annotations, line["detections"], strict=True):
        for field in ["distance_m", "yaw", "pitch", "width_deg", "height_deg", "zones"]:
            assert a.get(field) == d.get(field), (a, d)
        assert a.get("track_id") == d.get("track")
print("all.coco.json by pycocotools")

# MOTChallenge by motmetrics, which takes 1 from both coordinates; frames count from 1.
mot = motmetrics.io.loadtxt(str(folder / "out.mot.txt"), fmt="mot16").reset_index()
found = rows(
    mot.itertuples(),
    lambda r: (r.FrameId - 1, ("person", r.X, r.Y, r.X + r.Width, r.Y + r.Height, r.Confidence, r.Id)),
)
same("mot by motmetrics", found, expected("score", "track"), 0.011)

# KITTI tracking as its development kit reads it: columns by position.
kitti = pandas.read_csv(folder / "out.kitti.txt", sep=" ", header=None)
found = rows(kitti.itertuples(index=False), lambda r: (r[0], (r[2], r[6], r[7], r[8], r[9], r[17], r[1])))
assert len(kitti.columns) == 18
same("kitti by pandas", found, expected("score", "track"))


def datumaro_rows(dataset, frame_of, fields=()):
    names = [c.name for c in dataset.categories()[datumaro.AnnotationType.label]]
    found = {}
    for item in dataset:
        found[frame_of(item)] = [
            (names[a.label], *a.points, *[f(a) for f in fields])
            for a in item.annotations
            if a.type == datumaro.AnnotationType.bbox
        ]
    return found


# YOLO by datumaro; pictures as FFmpeg would number them, from 1.
yolo = folder / "yolo"
zipfile.ZipFile(folder / "out.yolo.zip").extractall(yolo)
for name in (yolo / "train.txt").read_text().split():
    path = yolo / name
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (width, height)).save(path)
dataset = datumaro.Dataset.import_from(str(yolo), "yolo")
clipped = {
    f: sorted((l, max(0, a), max(0, b), min(width, c), min(height, d)) for l, a, b, c, d in boxes)
    for f, boxes in expected().items()
}
same("yolo by datumaro", datumaro_rows(dataset, lambda i: int(i.id.rsplit("_", 1)[1]) - 1), clipped)

# CVAT by datumaro: images, which must be there, and tracks.
for line in lines:
    path = folder / "images" / "images" / ("frame_%06d.png" % line["frame"])
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (width, height)).save(path)
dataset = datumaro.Dataset.import_from(str(folder / "images"), "cvat")
found = datumaro_rows(dataset, lambda i: int(i.attributes["frame"]), [lambda a: float(a.attributes.get("score", -1))])
same("cvat images by datumaro", found, {f: [r for r in rows] for f, rows in expected("score").items()})

dataset = datumaro.Dataset.import_from(str(folder / "tracks"), "cvat")
found = {f: [] for f in expected()}
tracks = {}
for item in dataset:
    frame = int(item.attributes["frame"])
    for a in item.annotations:
        if frame in found and not a.attributes.get("outside"):
            found[frame].append(("person", *a.points))
            tracks.setdefault(a.attributes["track_id"], []).append(tuple(round(v, 2) for v in a.points))
same("cvat tracks by datumaro", found, expected())
wanted = {}
for line in lines:
    for d in line["detections"]:
        if "track" in d:
            wanted.setdefault(d["track"], []).append(tuple(round(v, 2) for v in d["box"]))
longest = sorted(map(len, wanted.values()))
assert sorted(map(len, tracks.values()))[-len(longest):] == longest, (longest, sorted(map(len, tracks.values())))
