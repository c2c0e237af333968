"""What the scripts of this folder share: the manifest, the targets, and the files of an archive."""

import tarfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
with open(ROOT / "Cargo.toml", "rb") as manifest:
    PACKAGE = tomllib.load(manifest)["package"]
VERSION = PACKAGE["version"]
# The time of every file in a package, so that the same archive makes the same package: the first of zip files.
TIME = 315532800


def targets():
    """The rows of packaging/targets: (target, npm, wheel, debian)."""
    lines = (ROOT / "packaging/targets").read_text().splitlines()
    return [tuple(line.split()) for line in lines if line and not line.startswith("#")]


def archives(folder):
    """The archives of a folder, each with its row of packaging/targets."""
    for row in targets():
        archive = Path(folder) / f"ntnguard-{VERSION}-{row[0]}.tar.gz"
        if archive.exists():
            yield row, archive


def members(archive):
    """The files of an archive: their paths below its folder, and their bytes."""
    with tarfile.open(archive) as tar:
        files = [member for member in tar if member.isfile()]
        return {file.name.split("/", 1)[1]: tar.extractfile(file).read() for file in files}


def binary(files):
    """The name of the program among the files of an archive."""
    return "ntnguard.exe" if "ntnguard.exe" in files else "ntnguard"
