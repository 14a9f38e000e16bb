//! `[tool.lazyast]` of a `pyproject.toml`: reading it, and what is wrong with it.
//!
//! A configuration file never stops a program. What is wrong with it is a problem that the program reports, in a line
//! that says what to do.

use std::fs;
use std::path::{Path, PathBuf};

use lazyast_format::schema::OLDEST_PYTHON;
use toml::{Table, Value};

use crate::dir::permissions::is_private_or_missing;

/// The keys of the table.
const KEYS: [&str; 7] = ["cache-dir", "exclude", "hidden", "no-ignore", "python", "rules", "types"];

/// The types of files, by their extensions without the dot.
const TYPES: [&str; 3] = ["py", "pyi", "ipynb"];

/// `[tool.lazyast]` of the nearest `pyproject.toml` that has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Configuration {
    /// The directory of the file. Paths in the file are relative to it.
    pub directory: PathBuf,
    /// `cache-dir`: the cache directory, if it can be used.
    pub cache_directory: Option<PathBuf>,
    /// `exclude`: patterns of files and directories, in the syntax of `.gitignore`.
    pub exclude: Vec<String>,
    /// `hidden`: whether hidden files are sources.
    pub hidden: bool,
    /// `no-ignore`: whether files are sources that ignore files exclude.
    pub no_ignore: bool,
    /// `python`: the minor version of the Python whose syntax sources may have; 12 in `"3.12"`.
    pub python: Option<u8>,
    /// `types`: the types of files that are sources, by their extensions without the dot.
    pub types: Vec<String>,
    /// What is wrong, each in one line.
    pub problems: Vec<String>,
}

impl Configuration {
    /// Reads the configuration for a directory. Without one, everything has its default.
    pub fn read(from: &Path) -> Self {
        let Ok(from) = std::path::absolute(from) else { return Self::default() };
        from.ancestors().find_map(Self::of_directory).unwrap_or_default()
    }

    /// The configuration in a directory itself, or `None` if the file there has no table of lazyast.
    fn of_directory(directory: &Path) -> Option<Self> {
        let path = directory.join("pyproject.toml");
        let text = fs::read_to_string(&path).ok()?;
        if !text.contains("lazyast") {
            return None;
        }
        let mut configuration = Self { directory: directory.to_owned(), ..Self::default() };
        let file = path.display();
        match text.parse::<Table>() {
            Ok(mut table) => match table.remove("tool")?.as_table_mut()?.remove("lazyast")? {
                Value::Table(table) => configuration.take(table, &path),
                other => configuration.problem(format!(
                    "{file}: tool.lazyast is {}, expected a table; nothing of it is used",
                    type_name(&other)
                )),
            },
            Err(error) => {
                let line = error.span().map_or(0, |span| text[..span.start].matches('\n').count()) + 1;
                let message = error.message().lines().next().unwrap_or_default().to_owned();
                configuration.problem(format!("{file}:{line}: {message}; [tool.lazyast] is not used"));
            }
        }
        Some(configuration)
    }

    fn problem(&mut self, problem: String) {
        self.problems.push(problem);
    }

    fn take(&mut self, table: Table, path: &Path) {
        let file = path.display();
        for (key, value) in table {
            let expected = match (key.as_str(), value) {
                ("cache-dir", Value::String(directory)) => {
                    self.take_cache_directory(&directory, path);
                    continue;
                }
                ("hidden", Value::Boolean(hidden)) => {
                    self.hidden = hidden;
                    continue;
                }
                ("no-ignore", Value::Boolean(no_ignore)) => {
                    self.no_ignore = no_ignore;
                    continue;
                }
                ("python", Value::String(version)) => match minor_version(&version) {
                    Some(minor) => {
                        self.python = Some(minor);
                        continue;
                    }
                    None => ("a version from \"3.11\" on", "another version"),
                },
                // The rules of `lazyast check`, which reads them itself.
                ("rules", Value::Table(_)) => continue,
                ("rules", value) => ("a table", type_name(&value)),
                ("exclude" | "types", value) => match strings(value) {
                    Ok(strings) if key == "exclude" => {
                        self.exclude = strings;
                        continue;
                    }
                    Ok(strings) => {
                        self.take_types(strings, path);
                        continue;
                    }
                    Err(found) => ("a list of strings", found),
                },
                ("cache-dir" | "python", value) => ("a string", type_name(&value)),
                ("hidden" | "no-ignore", value) => ("true or false", type_name(&value)),
                _ => {
                    let known = KEYS.join(", ");
                    self.problem(format!("{file}: [tool.lazyast] has no key {key:?}; its keys are {known}"));
                    continue;
                }
            };
            let (expected, found) = expected;
            self.problem(format!("{file}: {key} is {found}, expected {expected}; it is not used"));
        }
    }

    /// Takes the types that exist.
    fn take_types(&mut self, types: Vec<String>, path: &Path) {
        let (known, unknown): (Vec<_>, Vec<_>) =
            types.into_iter().partition(|name| TYPES.contains(&name.as_str()));
        self.types = known;
        if let Some(name) = unknown.first() {
            let file = path.display();
            self.problem(format!(
                "{file}: types: there is no type {name:?}; the types are {}",
                TYPES.join(", ")
            ));
        }
    }

    /// Takes a cache directory that the file names.
    ///
    /// A checkout can contain both the configuration and a directory of poisoned archives. So a directory that exists
    /// counts only if it is private: git and archive tools create directories that other users can read.
    fn take_cache_directory(&mut self, name: &str, path: &Path) {
        let cache = self.directory.join(name);
        if is_private_or_missing(&cache) {
            self.cache_directory = Some(cache);
            return;
        }
        let file = path.display();
        let why = if cfg!(unix) {
            "it exists and is not private, so it could have come with the files"
        } else {
            "this system cannot tell whether it is private"
        };
        self.problem(format!(
            "{file}: cache-dir is not used: {why}; name a directory that does not exist yet, or set LAZYAST_CACHE_DIR"
        ));
    }
}

/// The minor version in the text of a version such as 3.12 or 3.12.1, if sources of that version are known.
fn minor_version(version: &str) -> Option<u8> {
    let mut numbers = version.strip_prefix("3.")?.split('.').map(str::parse::<u8>);
    let minor = numbers.next()?.ok()?;
    (numbers.all(|number| number.is_ok()) && minor >= OLDEST_PYTHON).then_some(minor)
}

/// The strings of a list, or what is there instead.
fn strings(value: Value) -> Result<Vec<String>, &'static str> {
    let Value::Array(values) = value else { return Err(type_name(&value)) };
    let strings = values.into_iter().map(|value| match value {
        Value::String(text) => Ok(text),
        _ => Err("a list of other values"),
    });
    strings.collect()
}

fn type_name(value: &Value) -> &'static str {
    match value {
        Value::String(_) => "a string",
        Value::Integer(_) => "an integer",
        Value::Float(_) => "a number",
        Value::Boolean(_) => "a boolean",
        Value::Datetime(_) => "a date",
        Value::Array(_) => "a list",
        Value::Table(_) => "a table",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (tempfile::TempDir, Configuration) {
        let directory = tempfile::tempdir().expect("the temporary directory is writable");
        fs::write(directory.path().join("pyproject.toml"), text).expect("the directory is writable");
        let configuration = Configuration::read(directory.path());
        (directory, configuration)
    }

    #[test]
    fn a_table_is_read() {
        let text = "[tool.lazyast]\ncache-dir = \"c\"\nexclude = [\"a/\"]\nhidden = true\ntypes = [\"py\"]\npython = \"3.12\"\n";
        let (directory, found) = read(text);
        let expected = Configuration {
            directory: directory.path().to_owned(),
            cache_directory: cfg!(unix).then(|| directory.path().join("c")),
            exclude: vec!["a/".to_owned()],
            hidden: true,
            no_ignore: false,
            python: Some(12),
            types: vec!["py".to_owned()],
            problems: found.problems.clone(),
        };
        assert_eq!(found, expected);
        assert_eq!(found.problems.is_empty(), cfg!(unix), "{:?}", found.problems);
    }

    #[test]
    fn the_nearest_file_with_a_table_counts() {
        let (directory, _) = read("[tool.lazyast]\nhidden = true\n");
        let inner = directory.path().join("inner");
        fs::create_dir(&inner).expect("the directory is writable");
        fs::write(inner.join("pyproject.toml"), "[project]\nname = 'lazyast-user'\n").expect("writable");
        assert!(Configuration::read(&inner).hidden);
    }

    #[test]
    fn problems_say_what_and_where() {
        for (text, expected) in [
            (
                "[tool.lazyast]\ncachedir = 1\n",
                "[tool.lazyast] has no key \"cachedir\"; its keys are cache-dir, ",
            ),
            ("[tool.lazyast]\ncache-dir = 1\n", "cache-dir is an integer, expected a string; it is not used"),
            ("[tool.lazyast]\nhidden = 'yes'\n", "hidden is a string, expected true or false"),
            ("[tool.lazyast]\nexclude = 'a'\n", "exclude is a string, expected a list of strings"),
            ("[tool.lazyast]\ntypes = [1]\n", "types is a list of other values, expected a list of strings"),
            ("[tool.lazyast]\npython = 3.12\n", "python is a number, expected a string"),
            ("[tool.lazyast]\npython = '3.9'\n", "expected a version from \"3.11\" on; it is not used"),
            ("[tool.lazyast]\npython = '3.x'\n", "expected a version from \"3.11\" on; it is not used"),
            ("[tool.lazyast]\ntypes = ['c']\n", "there is no type \"c\"; the types are py, pyi, ipynb"),
            ("[tool]\nlazyast = 1\n", "tool.lazyast is an integer, expected a table"),
            ("[tool.lazyast]\nhidden = \n", "pyproject.toml:2: "),
        ] {
            let (_directory, found) = read(text);
            let [problem] = &found.problems[..] else { panic!("{text}: {:?}", found.problems) };
            assert!(problem.contains(expected), "{text}: {problem}");
            assert_eq!(problem.lines().count(), 1);
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_cache_that_others_can_read_is_not_used() {
        let directory = tempfile::tempdir().expect("the temporary directory is writable");
        fs::create_dir(directory.path().join("c")).expect("the directory is writable");
        let text = "[tool.lazyast]\ncache-dir = 'c'\n";
        fs::write(directory.path().join("pyproject.toml"), text).expect("the directory is writable");
        let found = Configuration::read(directory.path());
        assert_eq!(found.cache_directory, None);
        assert!(found.problems[0].contains("set LAZYAST_CACHE_DIR"), "{:?}", found.problems);
    }
}
