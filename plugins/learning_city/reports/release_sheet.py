"""The release sheet (发布单): one page that says who released which build, what was open, and the hashes of its files."""

import hashlib
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, RowMapping, text

from learning_city.model.home import Home
from learning_city.model.status import BANNER
from learning_city.reports.report_html import write_html
from learning_city.reports.report_text import Heading, Paragraph, Report, Section, Table, cells, printable


def write(connection: Connection, home: Home, number: int, kinds: Mapping[str, str]) -> None:
    """Write the sheet of a build just released into its folder and register it; ``kinds`` names obstacles."""
    row = connection.execute(text(_RELEASE), {"n": number}).mappings().one()
    path = home.reports / str(number) / f"发布单_R-{number:03d}.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_html(path, _sheet(row, connection.execute(text(_FILES), {"n": number}).mappings().all(), kinds))
    content = path.read_bytes()
    said = {"n": number, "sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
    connection.execute(text("SELECT report.keep_sheet(:n, :sha256, :bytes)"), said)


def _sheet(row: RowMapping, files: Sequence[RowMapping], kinds: Mapping[str, str]) -> Report:
    name = f"R-{row['build_id']:03d}"
    return Report(
        stem=f"发布单_{name}", series=printable(row["name_zh"]), title=f"发布单 {name}", english="Release sheet",
        subtitle=f"数据期 {printable(row['period'])}", banner=BANNER if row["is_sample"] else "",
        created=f"{row['released_at']:%Y-%m-%d %H:%M}", cover=_cover(row), sections=(_open(row, kinds), _files(files)),
    )  # fmt: skip


def _cover(row: RowMapping) -> tuple[tuple[str, str], ...]:
    said = (
        ("认定单位 Certified by", row["certified_by"]),
        ("批准人 Approved by", row["approved_by"]),
        ("发布人 Released by", row["released_by"]),
        ("发布时间 Released at", f"{row['released_at']:%Y-%m-%d %H:%M:%S}"),
        ("发布意见 Why", row["why"]),
        ("生成人 Built by", row["requested_by"]),
        ("数据截至 As of", f"{row['as_of']:%Y-%m-%d %H:%M:%S}"),
        ("地区 Places", "、".join(row["places"]) or "全部 all"),
        ("目录版次 Edition", row["edition"]),
        ("程序版本 Code", row["code_version"]),
        ("输入哈希 Inputs", row["inputs_hash"]),
        ("冻结清单 Frozen", row["frozen"] or "—"),
    )
    return tuple((label, printable(one)) for label, one in said)


def _open(row: RowMapping, kinds: Mapping[str, str]) -> Section:
    """What stood against the release, and why it was released nevertheless."""
    if not row["obstacles"]:
        return Section("发布前未决", "Open before release", (Paragraph("没有未决事项。 Nothing was open."),))
    headings = (
        Heading("事项", 5.0, english="What"),
        Heading("数目", 1.6, "right", "How many"),
        Heading("哪些", 9.4, english="Which"),
    )
    rows = tuple(cells(kinds.get(one["kind"], one["kind"]), str(one["many"]), one["what"]) for one in row["obstacles"])
    told = Table("发布时的未决事项", "What was open at the release", headings, rows)
    why = Paragraph(f"仍予发布的理由 Why nevertheless：{printable(row['despite'])}")
    return Section("发布前未决", "Open before release", (told, why))


def _files(files: Sequence[RowMapping]) -> Section:
    headings = (Heading("文件", 6.0, english="File"), Heading("字节", 2.0, "right", "Bytes"), Heading("SHA-256", 8.0))
    rows = tuple(cells(one["name"], f"{one['bytes']:,}", one["sha256"]) for one in files)
    told = Table("本版的文件", "Files of this build", headings, rows)
    return Section("文件与哈希", "Files and hashes", (told,))


_RELEASE = """
SELECT b.build_id, b.period, b.places, b.edition, b.code_version, b.inputs_hash, b.frozen, b.requested_by, b.as_of,
  b.is_sample, coalesce(f.name_zh, b.framework) AS name_zh, r.approved_by, r.released_by, r.certified_by, r.released_at,
  e.why, e.despite, e.obstacles
FROM report.build AS b
JOIN report.release AS r USING (build_id)
JOIN report.event AS e ON e.build_id = b.build_id AND e.action = 'release'
LEFT JOIN ref.framework AS f ON f.edition = b.edition AND f.framework = b.framework
WHERE b.build_id = :n ORDER BY e.event_id DESC LIMIT 1
"""
_FILES = "SELECT name, bytes, sha256 FROM report.artifact WHERE build_id = :n AND format <> 'release' ORDER BY name"
