//! Trees: from an archive to an `ast.Module`.

use std::rc::Rc;

use lazyast::ArchiveBytes;
use lazyast::format::Damage;
use lazyast::format::read::OpenError;
use lazyast::format::schema::Kind;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::context::TreeContext;
use super::decode::{shallow, subtree};
use super::{materialise, registry};
use crate::errors::DecodeError;
use crate::runtime::collector::{CollectorPause, Untracked};
use crate::runtime::interpreter::Interpreter;
use crate::runtime::objects;

/// Opens an archive.
pub(crate) fn open(archive: ArchiveBytes) -> Result<Rc<TreeContext>, OpenError> {
    TreeContext::open(archive, materialise::on_first_access).map(Rc::new)
}

/// The `ast.Module` of an archive: its statements are lazy proxies.
pub(crate) fn module<'py>(
    py: Python<'py>,
    interpreter: &'static Interpreter,
    context: &Rc<TreeContext>,
) -> Result<Bound<'py, PyAny>, DecodeError> {
    let mut untracked = Untracked::default();
    let dict = shallow::dict(py, interpreter, context, 0, &mut untracked)?;
    with_dict(interpreter, context, dict, untracked)
}

/// The `ast.Module` of an archive, materialised as a whole.
pub(crate) fn whole_module<'py>(
    py: Python<'py>,
    interpreter: &'static Interpreter,
    context: &Rc<TreeContext>,
) -> Result<Bound<'py, PyAny>, DecodeError> {
    let pause = CollectorPause::new(py);
    let mut untracked = Untracked::default();
    let dict = subtree::dict(py, interpreter, context, 0, &mut untracked)?;
    pause.collect_if_due(untracked.len())?;
    with_dict(interpreter, context, dict, untracked)
}

/// The `ast.Module` with the given `__dict__`.
fn with_dict<'py>(
    interpreter: &'static Interpreter,
    context: &Rc<TreeContext>,
    dict: Bound<'py, PyDict>,
    mut untracked: Untracked<'py>,
) -> Result<Bound<'py, PyAny>, DecodeError> {
    let damage = || Damage::new("there is no Module", 0);
    let class = interpreter.class(Kind::Module).ok_or_else(damage)?;
    let ast_class = class.ast_class.bind(dict.py());
    let module = objects::node(interpreter.node_layout, ast_class, dict, &mut untracked)?;
    untracked.track();
    registry::add(&module, Some(context))?;
    Ok(module)
}
