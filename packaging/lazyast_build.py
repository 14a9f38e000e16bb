"""The build backend of the package: maturin, with the native command in the wheel.

The wheel has two native parts: the extension module, and the command `lazyast`, which `pip install` puts on the path as
it is. maturin builds one of them at a time. So each hook of PEP 517 that builds a wheel first builds the command, and
puts it where `data` of `[tool.maturin]` says that files of the wheel are; then maturin builds the rest.

`maturin build` by hand knows nothing of this module. Run this file with the same options instead:

    python packaging/lazyast_build.py --profile dist --locked --target aarch64-unknown-linux-gnu --zig --out dist
"""

import argparse
import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# As in pyproject.toml. maturin fails if the directory does not exist, also where it needs no file of it.
DATA = ROOT / "target" / "wheel-data"
# Where cargo-zigbuild puts its compiler scripts.
ZIG = ROOT / "target" / "zig"


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    """Build a wheel, and give its name."""
    build_command(options_of(config_settings))
    return backend().build_wheel(wheel_directory, config_settings, metadata_directory)


def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    """Build a wheel that refers to this directory, and give its name."""
    build_command(options_of(config_settings))
    return backend().build_editable(wheel_directory, config_settings, metadata_directory)


def build_sdist(sdist_directory, config_settings=None):
    """Build a source distribution, and give its name."""
    return backend().build_sdist(sdist_directory, config_settings)


def prepare_metadata_for_build_wheel(metadata_directory, config_settings=None):
    """Write the metadata of the wheel, and give its directory's name."""
    return backend().prepare_metadata_for_build_wheel(metadata_directory, config_settings)


def get_requires_for_build_wheel(config_settings=None):
    """List what maturin needs besides itself."""
    return backend().get_requires_for_build_wheel(config_settings)


prepare_metadata_for_build_editable = prepare_metadata_for_build_wheel
get_requires_for_build_editable = get_requires_for_build_wheel
get_requires_for_build_sdist = get_requires_for_build_wheel


def backend():
    """Give maturin's backend, when the directory exists that it asks for."""
    import maturin

    DATA.mkdir(parents=True, exist_ok=True)
    return maturin


def options_of(config_settings):
    """Give the options for maturin, from where maturin's backend takes them."""
    settings = config_settings or {}
    given = settings.get("maturin.build-args", settings.get("build-args"))
    if given is None:
        given = os.environ.get("MATURIN_PEP517_ARGS", "")
    return given if isinstance(given, list) else shlex.split(given)


def build_command(options):
    """Build the command, and put it into the directory of the wheel's data. Give the environment for maturin.

    Of the options of `maturin build`, those count that concern Cargo; others are passed over. With `--zig`,
    cargo-zigbuild must be installed.
    """
    parser = argparse.ArgumentParser(allow_abbrev=False)
    # Of two options for one value, argparse takes the default of the first.
    parser.add_argument("--profile", default="release")
    parser.add_argument("--release", "-r", dest="profile", action="store_const", const="release")
    parser.add_argument("--target")
    parser.add_argument("--zig", action="store_true")
    parser.add_argument("--compatibility", "--manylinux", default="manylinux2014")
    for option in ("--locked", "--frozen", "--offline"):
        parser.add_argument(option, dest="cargo", action="append_const", const=option, default=[])
    known, _ = parser.parse_known_args(options)
    # With both packages, Cargo selects the same features of all dependencies as when maturin builds the extension
    # module, and so compiles them once.
    packages = ["--package", "lazyast-cli", "--package", "lazyast-python", "--bin", "lazyast"]
    build = ["zigbuild" if known.zig else "build", *packages, "--profile", known.profile, *known.cargo]
    if known.target:
        build += ["--target", known.target + (glibc_of(known.compatibility) if known.zig else "")]
    environment = {**os.environ, "CARGO_ZIGBUILD_CACHE_DIR": str(ZIG)}
    shutil.rmtree(ZIG, ignore_errors=True)
    # Without the directory, maturin builds no wheel: if this fails, none without the command.
    shutil.rmtree(DATA, ignore_errors=True)
    messages = subprocess.run(
        [os.environ.get("CARGO", "cargo"), *build, "--message-format", "json-render-diagnostics"],
        cwd=ROOT, check=True, stdout=subprocess.PIPE, env=environment,
    ).stdout  # fmt: skip
    (program,) = filter(None, (json.loads(line).get("executable") for line in messages.splitlines()))
    scripts = DATA / "scripts"
    scripts.mkdir(parents=True)
    shutil.copy(program, scripts)
    return environment | (zig_scripts(known.target) if known.zig else {})


def zig_scripts(target):
    """Give the variables that name the scripts with which cargo-zigbuild has compiled.

    maturin would write its own, in another directory. Cargo compiles everything again for another linker.
    """
    (compiler,) = ZIG.rglob(f"zigcc-{target}*")
    name = target.replace("-", "_")
    scripts = {
        f"CARGO_TARGET_{name.upper()}_LINKER": compiler,
        f"CC_{name}": compiler,
        f"CXX_{name}": compiler.with_name(compiler.name.replace("zigcc", "zigcxx")),
        f"AR_{name}": compiler.with_name("ar"),
        f"RANLIB_{name}": compiler.with_name("zigranlib.sh"),
    }
    return {variable: str(script) for variable, script in scripts.items()}


def glibc_of(compatibility):
    """Give the suffix of a target with which cargo-zigbuild links for the glibc that a tag of wheels stands for."""
    if compatibility == "manylinux2014":
        return ".2.17"
    name, _, version = compatibility.partition("_")
    return "." + version.replace("_", ".") if name == "manylinux" else ""


def main(options):
    """Build a wheel with options of `maturin build`, whose own default is another profile."""
    if not any(option.split("=")[0] in ("--profile", "--release", "-r") for option in options):
        options = ["--release", *options]
    environment = build_command(options)
    subprocess.run([sys.executable, "-m", "maturin", "build", *options], cwd=ROOT, check=True, env=environment)


if __name__ == "__main__":
    main(sys.argv[1:])
