//! The memory of a lazy proxy: an instance of its `ast` class, followed by the node that it stands for.
//!
//! Proxies are not tracked by the garbage collector. They refer to their tree context alone, and a tree context refers
//! to no Python object that could refer back.

#![allow(unsafe_code)]

use std::rc::Rc;

use lazyast::format::NodeId;
use lazyast::format::schema::Kind;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyMapping, PyType};

use super::metaclass;
use crate::nodes::context::TreeContext;
use crate::runtime::class::NodeClass;
use crate::runtime::collector::Untracked;
use crate::runtime::objects::NodeLayout;

/// What a proxy has after the part that every node has.
#[repr(C)]
struct ProxyData {
    /// The pointer of an `Rc`. Materialising the proxy gives it up and leaves null.
    context: *const TreeContext,
    id: NodeId,
    kind: u8,
    /// Attributes that were answered without materialising the node.
    answers: u8,
}

/// Attributes that a proxy answers before it is materialised, which makes all later ones cheaper.
const MAX_ANSWERS: u8 = 2;

/// Bytes of a proxy.
pub(super) fn size(layout: NodeLayout) -> usize {
    layout.size + size_of::<ProxyData>()
}

/// Creates a proxy, an instance of the hidden class of `class`.
#[inline]
pub(super) fn new<'py>(
    layout: NodeLayout,
    hidden: &Bound<'py, PyType>,
    class: &NodeClass,
    context: &Rc<TreeContext>,
    id: NodeId,
) -> PyResult<Bound<'py, PyAny>> {
    // SAFETY: the hidden class is a heap type with garbage collection, so that this gives an untracked
    // instance of `size(layout)` bytes, which is not initialised after the object's header.
    unsafe {
        let object = ffi::PyObject_GC_New::<ffi::PyObject>(hidden.as_type_ptr());
        let node = Bound::from_owned_ptr_or_err(hidden.py(), object)?;
        let header = size_of::<ffi::PyObject>();
        object.byte_add(header).cast::<u8>().write_bytes(0, layout.size - header);
        let data =
            ProxyData { context: Rc::into_raw(Rc::clone(context)), id, kind: class.kind as u8, answers: 0 };
        object.byte_add(layout.size).cast::<ProxyData>().write(data);
        Ok(node)
    }
}

/// Whether an object is a lazy proxy.
#[inline]
pub(crate) fn is_proxy(node: &Bound<'_, PyAny>) -> bool {
    // SAFETY: the object is live, and so is its type, whose header is read.
    unsafe { metaclass::is(node.py(), ffi::Py_TYPE(node.get_type_ptr().cast())) }
}

/// The tree and the number of the node that a proxy stands for.
#[inline]
pub(crate) fn location(layout: NodeLayout, node: &Bound<'_, PyAny>) -> Option<(Rc<TreeContext>, NodeId)> {
    if !is_proxy(node) {
        return None;
    }
    // SAFETY: the object is a proxy, and this thread is attached, so that nothing changes it meanwhile.
    unsafe {
        let data = &*data(layout, node.as_ptr());
        if data.context.is_null() {
            return None;
        }
        Rc::increment_strong_count(data.context);
        Some((Rc::from_raw(data.context), data.id))
    }
}

/// The kind of the node that a proxy stands for.
#[inline]
pub(crate) fn kind(layout: NodeLayout, node: &Bound<'_, PyAny>) -> Option<Kind> {
    // SAFETY: the object is checked to be a proxy.
    let code = is_proxy(node).then(|| unsafe { (*data(layout, node.as_ptr())).kind })?;
    Kind::ALL.get(usize::from(code)).copied()
}

/// Whether an object is a proxy that can answer one more attribute, which is counted. Not if it has a `__dict__`, which can
/// have another value.
#[inline]
pub(super) fn may_answer(layout: NodeLayout, node: &Bound<'_, PyAny>) -> bool {
    if !is_proxy(node) {
        return false;
    }
    // SAFETY: the object is a proxy, and this thread is attached, so that nothing else uses it meanwhile.
    unsafe {
        let answers = &mut (*data(layout, node.as_ptr())).answers;
        let may = *answers < MAX_ANSWERS && dict(layout, node.as_ptr()).is_null();
        *answers += u8::from(may);
        may
    }
}

/// Makes a proxy an instance of its `ast` class, with the given `__dict__`.
///
/// Does nothing if the object is no proxy (any more): decoding can run Python code, which can materialise the node.
#[inline]
pub(crate) fn become_node<'py>(
    layout: NodeLayout,
    node: &Bound<'py, PyAny>,
    class: &NodeClass,
    dict: &Bound<'py, PyDict>,
    untracked: Untracked<'py>,
) -> PyResult<()> {
    let py = node.py();
    let object = node.as_ptr();
    if !is_proxy(node) {
        return Ok(());
    }
    let ast_class = class.ast_class.clone_ref(py);
    // SAFETY: no Python code runs in this block. The object is a proxy: longer than an instance of the
    // `ast` class and otherwise the same, so that it can become one; instances own a reference to their
    // type, and proxies are not tracked, which other nodes are. The slot of the `__dict__` is null, or has
    // a dictionary that someone created through `object.__setattr__`.
    let set_before = unsafe {
        let set_before = dict_slot(layout, object).replace(dict.clone().into_ptr());
        let context = std::mem::replace(&mut (*data(layout, object)).context, std::ptr::null());
        let hidden = ffi::Py_TYPE(object);
        (*object).ob_type = ast_class.into_ptr().cast();
        ffi::PyObject_GC_Track(object.cast());
        untracked.track();
        ffi::Py_DECREF(hidden.cast());
        drop(Rc::from_raw(context));
        Bound::from_owned_ptr_or_opt(py, set_before)
    };
    set_before.map_or(Ok(()), |set_before| dict.update(set_before.cast::<PyMapping>()?))
}

/// The dictionary of a proxy: null unless someone set an attribute through `object.__setattr__`. Borrowed.
///
/// # Safety
/// The object is a proxy.
pub(super) unsafe fn dict(layout: NodeLayout, object: *mut ffi::PyObject) -> *mut ffi::PyObject {
    // SAFETY: the caller promises it.
    unsafe { dict_slot(layout, object).read() }
}

/// Removes the dictionary of a proxy.
///
/// # Safety
/// The object is a proxy.
pub(super) unsafe fn clear_dict(layout: NodeLayout, object: *mut ffi::PyObject) {
    // SAFETY: the caller promises it; the slot is emptied before the dictionary is dropped.
    unsafe { ffi::Py_XDECREF(dict_slot(layout, object).replace(std::ptr::null_mut())) };
}

/// Gives up a proxy's reference to its tree context.
///
/// # Safety
/// The object is a proxy.
pub(super) unsafe fn clear_context(layout: NodeLayout, object: *mut ffi::PyObject) {
    // SAFETY: the caller promises it; the pointer is that of an `Rc`, or null.
    unsafe {
        let context = std::mem::replace(&mut (*data(layout, object)).context, std::ptr::null());
        if !context.is_null() {
            drop(Rc::from_raw(context));
        }
    }
}

/// # Safety
/// The object is a node, so that it has this slot.
#[inline]
unsafe fn dict_slot(layout: NodeLayout, object: *mut ffi::PyObject) -> *mut *mut ffi::PyObject {
    // SAFETY: the caller promises it.
    unsafe { object.byte_add(layout.dict_offset).cast() }
}

/// # Safety
/// The object is a proxy.
#[inline]
unsafe fn data(layout: NodeLayout, object: *mut ffi::PyObject) -> *mut ProxyData {
    // SAFETY: the caller promises it.
    unsafe { object.byte_add(layout.size).cast() }
}
