//! The Python package that is installed with this program.

use std::path::{Path, PathBuf};

/// The directory in the package that `lazyast run` puts into `PYTHONPATH`.
pub(crate) fn startup_of(package: &Path) -> PathBuf {
    package.join("_startup")
}

/// Whether a directory is the package, of a version that has what `lazyast run` needs.
pub(crate) fn is_one(package: &Path) -> bool {
    startup_of(package).join("sitecustomize.py").is_file()
}

/// The package in the environment that this program is installed in, as installers lay environments out.
pub(crate) fn beside_program() -> Option<PathBuf> {
    let program = std::env::current_exe().ok()?;
    let prefix = program.canonicalize().unwrap_or(program).parent()?.parent()?.to_owned();
    let mut directories = vec![
        // Windows; pip install --user there; pip install --target.
        prefix.join("Lib").join("site-packages"),
        prefix.join("site-packages"),
        prefix.clone(),
    ];
    for library in ["lib", "lib64", "local/lib"] {
        let Ok(entries) = prefix.join(library).read_dir() else { continue };
        for entry in
            entries.flatten().filter(|entry| entry.file_name().to_string_lossy().starts_with("python3"))
        {
            directories.extend(["site-packages", "dist-packages"].map(|name| entry.path().join(name)));
        }
    }
    directories.into_iter().map(|directory| directory.join("lazyast")).find(|package| is_one(package))
}
