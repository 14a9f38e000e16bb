//! `Rules`: compiled rules.

use std::path::{PathBuf, absolute};

use lazyast::rules::{RuleSelection, RuleSet};
use lazyast::{LoadedRules, RuleChoice, RuleFileText};
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::errors::QueryError;

/// Compiled rules, for any number of sources.
///
/// `files` are rule files, and directories with such files; without any, the rules are those that come with lazyast.
/// `select`, `extend_select` and `ignore` name rules and categories, as the options of `lazyast check` do. Raises
/// `QueryError` if a file cannot be read, or a rule is wrong.
#[pyclass(module = "lazyast", frozen, name = "Rules")]
pub(crate) struct PyRules {
    rules: RuleSet,
    loaded: LoadedRules,
}

/// A path, or several.
#[derive(FromPyObject)]
enum Paths {
    One(PathBuf),
    Several(Vec<PathBuf>),
}

/// A rule file: its name, its directory and its text.
type PickledRuleFile = (String, PathBuf, String);

impl PyRules {
    fn new(loaded: LoadedRules) -> PyResult<Self> {
        let (rules, errors) = loaded.compile();
        if errors.is_empty() {
            return Ok(Self { rules, loaded });
        }
        let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
        Err(QueryError::new_err(errors.join("\n")))
    }

    pub(crate) fn rules(&self) -> &RuleSet {
        &self.rules
    }
}

#[pymethods]
impl PyRules {
    #[new]
    #[pyo3(signature = (files = None, *, select = None, extend_select = None, ignore = None))]
    fn py_new(
        files: Option<Paths>,
        select: Option<Vec<String>>,
        extend_select: Option<Vec<String>>,
        ignore: Option<Vec<String>>,
    ) -> PyResult<Self> {
        let files = match files {
            None => Vec::new(),
            Some(Paths::One(path)) => vec![path],
            Some(Paths::Several(paths)) => paths,
        };
        let (extend_select, ignore) = (extend_select.unwrap_or_default(), ignore.unwrap_or_default());
        let selection = RuleSelection { select, extend_select, ignore };
        let choice = RuleChoice { files, reads_configuration: false, selection };
        Self::new(choice.load(&absolute(".")?))
    }

    /// The identifiers of the rules.
    #[getter]
    fn ids(&self) -> Vec<&str> {
        self.rules.rules().iter().map(lazyast::rules::LintRule::id).collect()
    }

    fn __len__(&self) -> usize {
        self.rules.rules().len()
    }

    fn __repr__(&self) -> String {
        match self.rules.rules() {
            [] => "<Rules: none>".to_owned(),
            [one] => format!("<Rules: {}>", one.id()),
            [first, .., last] => format!("<Rules: {} from {} to {}>", self.__len__(), first.id(), last.id()),
        }
    }

    /// Rules are pickled with the texts of their files, so that processes without these files can use them.
    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyTuple>)> {
        let files = self.loaded.texts.iter().cloned();
        let files: Vec<PickledRuleFile> = files.map(|file| (file.name, file.directory, file.text)).collect();
        let RuleSelection { select, extend_select, ignore } = self.loaded.selection.clone();
        let state = (files, self.loaded.has_built_in, select, extend_select, ignore).into_pyobject(py)?;
        Ok((py.import("lazyast._native")?.getattr("restored_rules")?, state))
    }
}

/// The rules that were pickled.
#[pyfunction]
fn restored_rules(
    files: Vec<PickledRuleFile>,
    has_built_in: bool,
    select: Option<Vec<String>>,
    extend_select: Vec<String>,
    ignore: Vec<String>,
) -> PyResult<PyRules> {
    let texts = files.into_iter().map(|(name, directory, text)| RuleFileText { name, directory, text });
    let selection = RuleSelection { select, extend_select, ignore };
    PyRules::new(LoadedRules::of_texts(texts.collect(), has_built_in, selection))
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<PyRules>()?;
    module.add_function(wrap_pyfunction!(restored_rules, module)?)
}
