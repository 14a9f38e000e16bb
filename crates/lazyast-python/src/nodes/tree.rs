//! Trees: from an archive to an `ast.Module`.

use std::rc::Rc;

use lazyast::ArchiveBytes;
use lazyast::format::Damage;
use lazyast::format::read::OpenError;
use lazyast::format::schema::Kind;
use pyo3::prelude::*;

use super::context::TreeContext;
use super::decode::shallow;
use super::{materialise, registry};
use crate::errors::DecodeError;
use crate::runtime::collector::Untracked;
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
    let damage = || Damage::new("there is no Module", 0);
    let class = interpreter.class(Kind::Module).ok_or_else(damage)?;
    let module = objects::node(interpreter.node_layout, class.ast_class.bind(py), dict, &mut untracked)?;
    untracked.track();
    registry::add(&module, Some(context))?;
    Ok(module)
}
