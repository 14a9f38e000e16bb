//! The hidden classes of lazy proxies, one for each class of nodes.
//!
//! Their slots are the functions that CPython calls for proxies. Reading or setting an attribute materialises the
//! node; reading `__class__`, which `isinstance` does, answers without decoding anything, and [`answer`] has some more.

#![allow(unsafe_code)]

use std::ffi::{CString, c_int, c_void};
use std::rc::Rc;

use lazyast::format::NodeId;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyType;

use super::callback::callback;
use super::{answer, instance, metaclass};
use crate::nodes::context::TreeContext;
use crate::runtime::class::NodeClass;
use crate::runtime::interpreter::Interpreter;
use crate::runtime::once::once;

/// Creates a proxy for a node.
#[inline]
pub(crate) fn new<'py>(
    py: Python<'py>,
    interpreter: &'static Interpreter,
    class: &'static NodeClass,
    context: &Rc<TreeContext>,
    id: NodeId,
) -> PyResult<Bound<'py, PyAny>> {
    let hidden = once(py, &class.proxy_class, || create(py, class))?.bind(py);
    instance::new(interpreter.node_layout, hidden, class, context, id)
}

/// Creates the hidden class of a class.
#[cold]
fn create(py: Python<'_>, class: &NodeClass) -> PyResult<Py<PyType>> {
    let interpreter = Interpreter::served(py)?;
    let ast_class = class.ast_class.bind(py);
    // CPython keeps the pointer of the name; there is one for each class and process.
    let name = CString::new(format!("ast.{}", class.kind.name()))?.into_raw();
    let slot = |slot: c_int, function: *mut c_void| ffi::PyType_Slot { slot, pfunc: function };
    let mut slots = [
        slot(ffi::Py_tp_new, construct as *mut c_void),
        slot(ffi::Py_tp_getattro, get_attribute as *mut c_void),
        slot(ffi::Py_tp_setattro, set_attribute as *mut c_void),
        slot(ffi::Py_tp_traverse, traverse as *mut c_void),
        slot(ffi::Py_tp_clear, clear as *mut c_void),
        slot(ffi::Py_tp_dealloc, deallocate as *mut c_void),
        slot(0, std::ptr::null_mut()),
    ];
    let mut spec = ffi::PyType_Spec {
        name,
        basicsize: instance::size(interpreter.node_layout) as c_int,
        itemsize: 0,
        flags: (ffi::Py_TPFLAGS_DEFAULT | ffi::Py_TPFLAGS_HAVE_GC) as _,
        slots: slots.as_mut_ptr(),
    };
    // SAFETY: the specification is valid, its slots end with a zero, its functions have the signatures
    // of their slots, and the base is a class.
    let hidden = unsafe {
        let hidden = ffi::PyType_FromSpecWithBases(&mut spec, ast_class.as_ptr());
        Bound::from_owned_ptr_or_err(py, hidden)?.cast_into::<PyType>()?
    };
    for name in ["__doc__", "__name__", "__qualname__", "__module__"] {
        hidden.setattr(name, ast_class.getattr(name)?)?;
    }
    let metaclass = metaclass::get(py)?.clone_ref(py);
    // SAFETY: the metaclass is a subclass of `type` that adds nothing to instances. The class drops its
    // reference to `type`, which is not counted because `type` is not a heap type.
    unsafe { (*hidden.as_ptr()).ob_type = metaclass.into_ptr().cast() };
    Ok(hidden.unbind())
}

/// Materialises an object if it is a proxy.
fn materialise(interpreter: &'static Interpreter, node: &Bound<'_, PyAny>) -> PyResult<()> {
    match instance::location(interpreter.node_layout, node) {
        Some((context, _)) => (context.first_access)(interpreter, &context, node),
        None => Ok(()),
    }
}

unsafe extern "C" fn get_attribute(
    object: *mut ffi::PyObject,
    name: *mut ffi::PyObject,
) -> *mut ffi::PyObject {
    callback(std::ptr::null_mut(), |py, interpreter| {
        // SAFETY: CPython passes live objects.
        let (node, name) =
            unsafe { (Bound::from_borrowed_ptr(py, object), Bound::from_borrowed_ptr(py, name)) };
        // `isinstance` reads `__class__` of every node whose type is another class.
        if name.is(&interpreter.class_name) && instance::is_proxy(&node) {
            let kind = instance::kind(interpreter.node_layout, &node);
            let class = kind.and_then(|kind| interpreter.class(kind));
            return Ok(class
                .map_or_else(|| node.get_type(), |class| class.ast_class.bind(py).clone())
                .into_ptr());
        }
        if let Some(value) = answer::attribute(interpreter, &node, &name)? {
            return Ok(value.into_ptr());
        }
        materialise(interpreter, &node)?;
        // SAFETY: live objects; the node is an instance of its `ast` class now, which gets attributes like this.
        Ok(unsafe { ffi::PyObject_GenericGetAttr(object, name.as_ptr()) })
    })
}

unsafe extern "C" fn set_attribute(
    object: *mut ffi::PyObject,
    name: *mut ffi::PyObject,
    value: *mut ffi::PyObject,
) -> c_int {
    callback(-1, |py, interpreter| {
        // SAFETY: CPython passes live objects; the value may be null, which deletes.
        unsafe {
            materialise(interpreter, &Bound::from_borrowed_ptr(py, object))?;
            Ok(ffi::PyObject_GenericSetAttr(object, name, value))
        }
    })
}

/// `type(proxy)(...)` creates an instance of the `ast` class.
unsafe extern "C" fn construct(
    class: *mut ffi::PyTypeObject,
    arguments: *mut ffi::PyObject,
    keywords: *mut ffi::PyObject,
) -> *mut ffi::PyObject {
    callback(std::ptr::null_mut(), |py, _| {
        // SAFETY: CPython passes live objects; there may be no keywords.
        unsafe {
            let class = PyType::from_borrowed_type_ptr(py, class);
            let ast_class = metaclass::ast_class(&class);
            Ok(ffi::PyObject_Call(ast_class.as_ptr(), arguments, keywords))
        }
    })
}

unsafe extern "C" fn traverse(
    object: *mut ffi::PyObject,
    visit: ffi::visitproc,
    argument: *mut c_void,
) -> c_int {
    // SAFETY: the object is a proxy. No Python code runs here: the interpreter was looked up before there were proxies.
    unsafe {
        let py = Python::assume_attached();
        let Ok(Some(interpreter)) = Interpreter::get(py) else { return 0 };
        let dict = instance::dict(interpreter.node_layout, object);
        let result = if dict.is_null() { 0 } else { visit(dict, argument) };
        if result != 0 { result } else { visit(ffi::Py_TYPE(object).cast(), argument) }
    }
}

unsafe extern "C" fn clear(object: *mut ffi::PyObject) -> c_int {
    callback(-1, |_, interpreter| {
        // SAFETY: CPython passes a proxy.
        unsafe { instance::clear_dict(interpreter.node_layout, object) };
        Ok(0)
    })
}

unsafe extern "C" fn deallocate(object: *mut ffi::PyObject) {
    callback((), |_, interpreter| {
        // SAFETY: the object is a proxy whose last reference is gone. Weak references are cleared, then what it
        // owns is dropped, then its memory, and then its reference to its type. It is not tracked, so that
        // untracking does nothing.
        unsafe {
            let hidden = ffi::Py_TYPE(object);
            ffi::PyObject_GC_UnTrack(object.cast());
            ffi::PyObject_ClearWeakRefs(object);
            instance::clear_dict(interpreter.node_layout, object);
            instance::clear_context(interpreter.node_layout, object);
            ffi::PyObject_GC_Del(object.cast());
            ffi::Py_DECREF(hidden.cast());
        }
        Ok(())
    });
}
