"""Finishes the layer that pip has begun: our own code and templates, only the locales in use, bytecode.

    tools/layer.py FOLDER --python 3.13 --locales root en fr ...
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LARGEST = 200 * 1024 * 1024  # a function with its layers unzips to 250 MB at most
# Lambda has these, or nobody asks for them at run time.
NOT_NEEDED = ("bin", "*.dist-info/RECORD", "**/tests", "**/__pycache__", "babel/messages")


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--python", required=True)
    parser.add_argument("--locales", nargs="+", required=True)
    told = parser.parse_args()
    folder: Path = told.folder
    own(folder)
    slim(folder, told.locales)
    compile_all(folder, told.python)
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    print(f"layer: {size / 1024 / 1024:.0f} MB unzipped")
    return 0 if size < LARGEST else 1


def own(folder: Path) -> None:
    """`shared/tandem` and `templates`, these compiled, with a `.mo` for each catalogue."""
    sys.path.insert(0, str(ROOT / "shared"))
    from tandem.wire.skins import compile_to

    ignore = shutil.ignore_patterns("__pycache__", "*.pyc")
    shutil.copytree(ROOT / "shared" / "tandem", folder / "tandem", ignore=ignore, dirs_exist_ok=True)
    shutil.copytree(ROOT / "templates", folder / "templates", ignore=ignore, dirs_exist_ok=True)
    compile_to(folder / "templates")
    for source in (folder / "templates" / "catalogues").glob("*.po"):
        source.unlink()  # the `.mo` is there: its age is not to be told by an archive's


def slim(folder: Path, locales: list[str]) -> None:
    """Without what is not needed."""
    for pattern in NOT_NEEDED:
        for path in sorted(folder.glob(pattern)):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    for file in (folder / "babel" / "locale-data").glob("*.dat"):
        if file.stem.split("_")[0] not in locales:
            file.unlink()


def compile_all(folder: Path, version: str) -> None:
    """Bytecode of that Python, where it is here: a layer is read only, so without it every start compiles anew."""
    python = interpreter(version)
    if python is None:
        print(f"layer: no Python {version} here, so it carries no bytecode: cold starts take about twice as long")
        return
    # By the source's hash, unchecked: an archive's dates say nothing.
    subprocess.run(
        [python, "-m", "compileall", "-q", "-j", "0", "--invalidation-mode", "unchecked-hash", str(folder)], check=True
    )


def interpreter(version: str) -> str | None:
    """A Python of that version on this machine; what only answers to the name does not count."""
    named = [sys.executable, shutil.which(f"python{version}")]
    uv = Path(sys.executable).with_name("uv")
    if uv.exists():
        found = subprocess.run(
            [uv, "python", "find", "--no-project", "--no-python-downloads", version],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        named.append(found.stdout.strip())
    show = "import sys; print('%d.%d' % sys.version_info[:2])"
    for python in filter(None, named):
        told = subprocess.run([python, "-c", show], capture_output=True, text=True, check=False)
        if told.returncode == 0 and told.stdout.strip() == version:
            return python
    return None


if __name__ == "__main__":
    sys.exit(main())
