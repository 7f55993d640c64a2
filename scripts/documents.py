"""Hold the twin for Word against the PDF, kind by kind: the same text in the same order, as many pages.

Of a paper made twelve times as long the pages may differ by one: the PDF squeezes punctuation to close a line, Word does not.

LibreOffice reads the twin as Word would; on Debian as root it is installed.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
PACKAGES = ("libreoffice-writer-nogui", "libreoffice-calc-nogui", "fonts-noto-cjk")
PAGE_NUMBER = re.compile(r"—\d+—")
PAGE = re.compile(rb"/Type\s*/Page\b(?!s)")
DAY = date(2017, 8, 28)


def executable() -> str | None:
    return os.environ.get("TAIZHANG_SOFFICE") or shutil.which("soffice") or shutil.which("libreoffice")


def lacking() -> bool:
    """Without Debian's own word for it, a program that is there is taken for whole."""
    if not shutil.which("dpkg-query"):
        return not executable()
    return bool(subprocess.run(["dpkg-query", "-W", *PACKAGES], capture_output=True, check=False).returncode)


def found_or_installed() -> str | None:
    if lacking() and os.geteuid() == 0 and shutil.which("apt-get"):
        print(f"· 安装 {' '.join(PACKAGES)} …", flush=True)
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *PACKAGES]
        for command in (["apt-get", "update", "-qq"], install):
            subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=False)
    return executable()


def main() -> int:
    office = found_or_installed()
    if office is None:
        print(
            "核对编辑稿需要 LibreOffice Writer：\n"
            "Checking the twins needs LibreOffice Writer on this system:\n"
            "    Debian/Ubuntu   sudo apt install libreoffice-writer-nogui fonts-noto-cjk\n"
            "    elsewhere       set TAIZHANG_SOFFICE to the program's path",
            file=sys.stderr,
        )
        return 1
    sys.path.insert(0, str(CHECKOUT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()
    from taizhang.papers.kinds import kinds

    wrong = [name for name in kinds() for length in lengths(name) if not agrees(name, length, office)]
    if wrong:
        print(f"PDF 与编辑稿不一致：{'、'.join(wrong)}", file=sys.stderr)
    return 1 if wrong else 0


def lengths(name: str) -> list[int]:
    """As it is, the first length at which lines stand closer to spare a page, and very long."""
    from taizhang.papers.printing import LINES, lines_on_a_page

    closer = (length for length in range(2, 12) if lines_on_a_page(example(name, length)) > LINES)
    return [1, *([found] if (found := next(closer, 0)) else []), 12]


def agrees(name: str, length: int, office: str) -> bool:
    """One kind, with its example as it is or with the body several times over."""
    from taizhang.papers import printing
    from taizhang.papers.word import twin

    content = example(name, length)
    pdf = printing.pdf(content)
    with tempfile.TemporaryDirectory(prefix="taizhang-") as folder:
        document = Path(folder) / "paper.docx"
        document.write_bytes(twin(content))
        text = converted(office, document, "txt:Text (encoded):UTF8", "txt").read_text(encoding="utf-8-sig")
        pages = len(PAGE.findall(converted(office, document, "pdf", "pdf").read_bytes()))
    ours, theirs = in_pdf(pdf), squeezed(text)
    apart = abs(pdf.count(b"/Type /Page\n") - pages)
    same, as_many = ours == theirs, apart <= (0 if length == 1 else 1)
    print(f"{'✓' if same and as_many else '✗'} {name} ×{length}：{len(ours)} 字，{pages} 页", flush=True)
    if not same:
        at = next(
            (at for at, (a, b) in enumerate(zip(ours, theirs, strict=False)) if a != b), min(len(ours), len(theirs))
        )
        print(f"    PDF  …{ours[max(0, at - 10) : at + 20]}…\n    Word …{theirs[max(0, at - 10) : at + 20]}…")
    if not as_many:
        print(f"    PDF 有 {pdf.count(b'/Type /Page' + chr(10).encode())} 页")
    return same and as_many


def example(name: str, length: int):
    from taizhang.papers import wording
    from taizhang.papers.kinds import kind_of
    from taizhang.papers.printing import Content, lines_of

    kind = kind_of(name)
    values = kind.labelled(kind.examples())
    lines = [*lines_of(wording.fill(kind.body, values))]
    texts = [line for line in lines if line.kind == "text"]
    title, issuer = wording.fill(kind.title, values), "中共某省社会组织综合委员会"
    return Content(
        layout=kind.layout,
        mark={"document": f"{issuer}文件", "letter": issuer, "minutes": title, "form": ""}[kind.layout],
        number="" if kind.layout == "form" else "某社党〔2017〕3号",
        title=title,
        addressees=("中共某省物流协会支部委员会",) if kind.layout in ("document", "letter") else (),
        lines=(*(line for line in lines if line.kind != "text"), *texts * length),
        enclosures=("选举办法", "选票样式") if kind.layout == "document" else (),
        signature=issuer,
        date="2017年8月28日",
        copies=() if kind.layout == "form" else ("省民政厅",),
        printer=f"{issuer}办公室",
        printed="2017年8月29日印发",
        dated_on=DAY,
    )


def converted(office: str, document: Path, form: str, suffix: str) -> Path:
    profile = f"-env:UserInstallation=file://{document.parent}/profile"
    command = [office, "--headless", profile, "--convert-to", form, "--outdir", str(document.parent), str(document)]
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True, timeout=120)
    return document.with_suffix(f".{suffix}")


def in_pdf(pdf: bytes) -> str:
    """The text of every page, without the page numbers."""
    from tests.reading_pdf import words_of

    return PAGE_NUMBER.sub("", squeezed(words_of(pdf)))


def squeezed(text: str) -> str:
    """Spaces, and the ideographic ones that stand for an indent, are no text."""
    return re.sub(r"[\s\u3000\ufeff]", "", text)


if __name__ == "__main__":
    raise SystemExit(main())
