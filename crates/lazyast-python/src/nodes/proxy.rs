//! Shells: nodes that were not touched yet.
//!
//! A shell is an instance of a hidden subclass of its `ast` class, longer by a [`Room`] that says which
//! node of which tree it is. The first touch gives it its `__dict__` and changes its type to the class
//! itself. The hidden classes have a metaclass which makes them equal to the class, and hash as it does, so
//! that `type(node) == ast.Name` and dictionaries by class find it.
//!
//! Shells are not tracked by the garbage collector: they refer to their tree alone, which refers to no
//! Python object that could refer back.

#![allow(unsafe_code)]

use std::ffi::{CStr, CString, c_int, c_void};
use std::rc::Rc;

use lazyast::format::NodeId;
use lazyast::format::generated::tables::Kind;
use pyo3::exceptions::{PyRuntimeError, PySystemError};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBool, PyDict, PyMapping, PyType};

use super::decode::{shallow, subtree};
use crate::nodes::context::Origin;
use crate::runtime::class::Class;
use crate::runtime::interpreter::{Interpreter, once};
use crate::runtime::objects::{self, Untracked};

/// What a shell has behind the part that every node has.
#[repr(C)]
struct Room {
    /// An `Rc`'s pointer. It is given up when the shell is touched, and null from then on.
    origin: *const Origin,
    id: NodeId,
    kind: u8,
}

static METACLASS: PyOnceLock<Py<PyType>> = PyOnceLock::new();

/// A shell for a node.
pub(crate) fn new<'py>(
    py: Python<'py>,
    interpreter: &'static Interpreter,
    class: &'static Class,
    origin: &Rc<Origin>,
    id: NodeId,
) -> PyResult<Bound<'py, PyAny>> {
    let hidden = class.shell(py)?.bind(py).as_type_ptr();
    // SAFETY: the hidden class is a heap type with garbage collection, so that this gives an untracked
    // instance of `node_size` bytes and a room, which is not initialised behind the object's header.
    unsafe {
        let object = ffi::PyObject_GC_New::<ffi::PyObject>(hidden);
        let node = Bound::from_owned_ptr_or_err(py, object)?;
        let header = size_of::<ffi::PyObject>();
        object.byte_add(header).cast::<u8>().write_bytes(0, interpreter.node_size - header);
        let room = Room { origin: Rc::into_raw(Rc::clone(origin)), id, kind: class.kind as u8 };
        object.byte_add(interpreter.node_size).cast::<Room>().write(room);
        Ok(node)
    }
}

/// The tree and the number of a node that was not touched yet.
pub(crate) fn place(interpreter: &Interpreter, node: &Bound<'_, PyAny>) -> Option<(Rc<Origin>, NodeId)> {
    if !is_shell(node) {
        return None;
    }
    // SAFETY: the object is a shell, and this thread is attached, so that nothing changes it meanwhile.
    unsafe {
        let room = &*room(interpreter, node.as_ptr());
        if room.origin.is_null() {
            return None;
        }
        Rc::increment_strong_count(room.origin);
        Some((Rc::from_raw(room.origin), room.id))
    }
}

/// The kind of a node that was not touched yet.
pub(crate) fn kind(interpreter: &Interpreter, node: &Bound<'_, PyAny>) -> Option<Kind> {
    // SAFETY: the object is a shell if it says so.
    let code = is_shell(node).then(|| unsafe { (*room(interpreter, node.as_ptr())).kind })?;
    Kind::ALL.get(usize::from(code)).copied()
}

/// Whether a node was not touched yet.
pub(crate) fn is_shell(node: &Bound<'_, PyAny>) -> bool {
    let py = node.py();
    // SAFETY: both are live objects; a class is compared with the type of the object's type.
    METACLASS.get(py).is_some_and(|metaclass| unsafe {
        ffi::Py_TYPE(node.get_type_ptr().cast()) == metaclass.as_ptr().cast()
    })
}

/// How much is decoded when a shell is touched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Depth {
    /// The node.
    Level,
    /// The node and everything below.
    Whole,
    /// What the habits of the tree's reader suggest.
    Habit,
}

/// Makes a shell a node like any other. Other objects stay what they are.
pub(crate) fn touch(
    interpreter: &'static Interpreter,
    node: &Bound<'_, PyAny>,
    depth: Depth,
) -> PyResult<()> {
    let paused = objects::CollectorPause::new(node.py());
    let Some(decoded) = Decoded::new(interpreter, node.clone(), depth)? else { return Ok(()) };
    paused.collect_if_due(decoded.untracked.len())?;
    decoded.give(interpreter)
}

/// What a shell is going to be.
pub(crate) struct Decoded<'py> {
    node: Bound<'py, PyAny>,
    class: &'static Class,
    dict: Bound<'py, PyDict>,
    untracked: Untracked<'py>,
}

impl<'py> Decoded<'py> {
    /// Decodes a node if it is a shell.
    pub(crate) fn new(
        interpreter: &'static Interpreter,
        node: Bound<'py, PyAny>,
        depth: Depth,
    ) -> PyResult<Option<Self>> {
        let py = node.py();
        let Some((origin, id)) = place(interpreter, &node) else { return Ok(None) };
        let class = kind(interpreter, &node).and_then(|kind| interpreter.class(kind));
        let class =
            class.ok_or_else(|| PySystemError::new_err("lazyast: an untouched node without a class"))?;
        let nodes = origin.tree().subtree_end(id) - id;
        let whole = match depth {
            Depth::Level => false,
            Depth::Whole => true,
            Depth::Habit => !class.has_block && origin.goes_deep(class.is_statement, nodes),
        };
        let mut untracked = Untracked::default();
        let dict = if whole && nodes > 1 {
            subtree::whole(py, interpreter, &origin, id, &mut untracked)?
        } else {
            shallow::level(py, interpreter, &origin, id, &mut untracked)?
        };
        Ok(Some(Self { node, class, dict, untracked }))
    }

    /// How many objects there are that the collector does not know yet.
    pub(crate) fn objects(&self) -> usize {
        self.untracked.len()
    }

    /// Makes the shell an instance of its class. If some other code has done so since, that one's work stays.
    pub(crate) fn give(self, interpreter: &'static Interpreter) -> PyResult<()> {
        let Self { node, class, dict, untracked } = self;
        let py = node.py();
        let object = node.as_ptr();
        if !is_shell(&node) {
            return Ok(());
        }
        let exact = class.exact.clone_ref(py);
        // SAFETY: no Python code runs in this block. The object is a shell: longer than an instance of the
        // exact class and otherwise the same, so that it can become one; instances own a reference to their
        // type, and shells are not tracked, which other nodes are. The slot of the `__dict__` is null, or has
        // a dictionary that someone made through `object.__setattr__`.
        let early = unsafe {
            let slot = dict_slot(interpreter, object);
            let early = slot.replace(dict.clone().into_ptr());
            let room = room(interpreter, object);
            let origin = std::mem::replace(&mut (*room).origin, std::ptr::null());
            let hidden = ffi::Py_TYPE(object);
            (*object).ob_type = exact.into_ptr().cast();
            ffi::PyObject_GC_Track(object.cast());
            untracked.track();
            ffi::Py_DECREF(hidden.cast());
            drop(Rc::from_raw(origin));
            Bound::from_owned_ptr_or_opt(py, early)
        };
        early.map_or(Ok(()), |early| dict.update(early.cast::<PyMapping>()?))
    }
}

/// # Safety
/// The object is a node, so that it has this slot.
unsafe fn dict_slot(interpreter: &Interpreter, object: *mut ffi::PyObject) -> *mut *mut ffi::PyObject {
    // SAFETY: as said above.
    unsafe { object.byte_add(interpreter.dict_offset).cast() }
}

/// # Safety
/// The object is a shell.
unsafe fn room(interpreter: &Interpreter, object: *mut ffi::PyObject) -> *mut Room {
    // SAFETY: as said above.
    unsafe { object.byte_add(interpreter.node_size).cast() }
}

/// The hidden class of a class.
pub(crate) fn class(py: Python<'_>, of: &Class) -> PyResult<Py<PyType>> {
    let interpreter = Interpreter::get(py)?.ok_or_else(|| PyRuntimeError::new_err("not served"))?;
    let exact = of.exact.bind(py);
    // CPython keeps the pointer of the name; there is one for each class and process.
    let name = CString::new(format!("ast.{}", of.kind.name()))?.into_raw();
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
        basicsize: (interpreter.node_size + size_of::<Room>()) as c_int,
        itemsize: 0,
        flags: (ffi::Py_TPFLAGS_DEFAULT | ffi::Py_TPFLAGS_HAVE_GC) as _,
        slots: slots.as_mut_ptr(),
    };
    // SAFETY: the specification is valid, its slots end with a zero, its functions have the signatures
    // of their slots, and the base is a class.
    let hidden = unsafe {
        let hidden = ffi::PyType_FromSpecWithBases(&mut spec, exact.as_ptr());
        Bound::from_owned_ptr_or_err(py, hidden)?.cast_into::<PyType>()?
    };
    for name in ["__doc__", "__name__", "__qualname__", "__module__"] {
        hidden.setattr(name, exact.getattr(name)?)?;
    }
    let metaclass = once(py, &METACLASS, || metaclass(py))?.clone_ref(py);
    // SAFETY: the metaclass is a subclass of `type` without anything of its own in instances. The class
    // gives its reference to `type` back, which is not counted because `type` is not a heap type.
    unsafe { (*hidden.as_ptr()).ob_type = metaclass.into_ptr().cast() };
    Ok(hidden.unbind())
}

fn metaclass(py: Python<'_>) -> PyResult<Py<PyType>> {
    let slot = |slot: c_int, function: *mut c_void| ffi::PyType_Slot { slot, pfunc: function };
    let method = |name: &'static CStr, function: ffi::PyCFunction| ffi::PyMethodDef {
        ml_name: name.as_ptr(),
        ml_meth: ffi::PyMethodDefPointer { PyCFunction: function },
        ml_flags: ffi::METH_O,
        ml_doc: std::ptr::null(),
    };
    // CPython keeps the pointer; there is one table for each process.
    let methods = Box::leak(Box::new([
        method(c"__instancecheck__", is_instance),
        method(c"__subclasscheck__", is_subclass),
        ffi::PyMethodDef::zeroed(),
    ]));
    let mut slots = [
        slot(ffi::Py_tp_richcompare, compare_classes as *mut c_void),
        slot(ffi::Py_tp_hash, hash_class as *mut c_void),
        slot(ffi::Py_tp_methods, methods.as_mut_ptr().cast()),
        slot(0, std::ptr::null_mut()),
    ];
    let mut spec = ffi::PyType_Spec {
        name: c"lazyast._native.untouched".as_ptr(),
        basicsize: 0,
        itemsize: 0,
        flags: ffi::Py_TPFLAGS_DEFAULT as _,
        slots: slots.as_mut_ptr(),
    };
    let base = py.get_type::<PyType>();
    // SAFETY: as for the hidden classes; a size of zero is that of the base.
    unsafe {
        let class = ffi::PyType_FromSpecWithBases(&mut spec, base.as_ptr());
        Ok(Bound::from_owned_ptr_or_err(py, class)?.cast_into::<PyType>()?.unbind())
    }
}

/// Runs `body` for a function that CPython calls; an error or a panic becomes an exception and `failed`.
fn guarded<T>(failed: T, body: impl FnOnce(Python<'_>, &'static Interpreter) -> PyResult<T>) -> T {
    // SAFETY: CPython calls slots while the thread is attached.
    let py = unsafe { Python::assume_attached() };
    let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let interpreter = Interpreter::get(py)?.ok_or_else(|| PyRuntimeError::new_err("not served"))?;
        body(py, interpreter)
    }));
    let panicked = || Err(PySystemError::new_err("lazyast: decoding a node has panicked"));
    result.unwrap_or_else(|_| panicked()).unwrap_or_else(|error| {
        error.restore(py);
        failed
    })
}

unsafe extern "C" fn get_attribute(
    object: *mut ffi::PyObject,
    name: *mut ffi::PyObject,
) -> *mut ffi::PyObject {
    guarded(std::ptr::null_mut(), |py, interpreter| {
        // SAFETY: CPython passes live objects.
        let (node, name) =
            unsafe { (Bound::from_borrowed_ptr(py, object), Bound::from_borrowed_ptr(py, name)) };
        // `isinstance` asks every node that is not of the class for this: no reason to decode it.
        if name.is(&interpreter.class_name) && is_shell(&node) {
            let class = kind(interpreter, &node).and_then(|kind| interpreter.class(kind));
            return Ok(class
                .map_or_else(|| node.get_type(), |class| class.exact.bind(py).clone())
                .into_ptr());
        }
        touch(interpreter, &node, Depth::Habit)?;
        // SAFETY: live objects; the node is exact now, and its class gets attributes in this way.
        Ok(unsafe { ffi::PyObject_GenericGetAttr(object, name.as_ptr()) })
    })
}

unsafe extern "C" fn set_attribute(
    object: *mut ffi::PyObject,
    name: *mut ffi::PyObject,
    value: *mut ffi::PyObject,
) -> c_int {
    guarded(-1, |py, interpreter| {
        // SAFETY: CPython passes live objects; the value may be null, which deletes.
        unsafe {
            touch(interpreter, &Bound::from_borrowed_ptr(py, object), Depth::Habit)?;
            Ok(ffi::PyObject_GenericSetAttr(object, name, value))
        }
    })
}

/// `type(node)(...)` makes a node of the class itself.
unsafe extern "C" fn construct(
    class: *mut ffi::PyTypeObject,
    arguments: *mut ffi::PyObject,
    keywords: *mut ffi::PyObject,
) -> *mut ffi::PyObject {
    guarded(std::ptr::null_mut(), |py, _| {
        // SAFETY: CPython passes live objects; there may be no keywords.
        unsafe {
            let class = PyType::from_borrowed_type_ptr(py, class);
            let exact = exact_class(&class);
            Ok(ffi::PyObject_Call(exact.as_ptr(), arguments, keywords))
        }
    })
}

unsafe extern "C" fn traverse(
    object: *mut ffi::PyObject,
    visit: ffi::visitproc,
    argument: *mut c_void,
) -> c_int {
    // SAFETY: no Python code runs here, and the interpreter was looked at before there were shells.
    unsafe {
        let py = Python::assume_attached();
        let Ok(Some(interpreter)) = Interpreter::get(py) else { return 0 };
        let dict = dict_slot(interpreter, object).read();
        let of_dict = if dict.is_null() { 0 } else { visit(dict, argument) };
        if of_dict != 0 { of_dict } else { visit(ffi::Py_TYPE(object).cast(), argument) }
    }
}

unsafe extern "C" fn clear(object: *mut ffi::PyObject) -> c_int {
    guarded(-1, |_, interpreter| {
        // SAFETY: the slot is emptied before what was in it is dropped.
        unsafe { ffi::Py_XDECREF(dict_slot(interpreter, object).replace(std::ptr::null_mut())) };
        Ok(0)
    })
}

unsafe extern "C" fn deallocate(object: *mut ffi::PyObject) {
    guarded((), |_, interpreter| {
        // SAFETY: the object's last reference is gone. Weak references are cleared, then what it owns is
        // dropped, then its memory, and then its reference to its type. It is not tracked; untracking
        // does nothing then.
        unsafe {
            let hidden = ffi::Py_TYPE(object);
            ffi::PyObject_GC_UnTrack(object.cast());
            ffi::PyObject_ClearWeakRefs(object);
            ffi::Py_XDECREF(dict_slot(interpreter, object).replace(std::ptr::null_mut()));
            let origin = std::mem::replace(&mut (*room(interpreter, object)).origin, std::ptr::null());
            if !origin.is_null() {
                drop(Rc::from_raw(origin));
            }
            ffi::PyObject_GC_Del(object.cast());
            ffi::Py_DECREF(hidden.cast());
        }
        Ok(())
    });
}

/// The `ast` class behind a hidden one, or the class itself.
pub(crate) fn exact_class<'py>(class: &Bound<'py, PyType>) -> Bound<'py, PyType> {
    let py = class.py();
    if !METACLASS.get(py).is_some_and(|metaclass| class.get_type().is(metaclass)) {
        return class.clone();
    }
    // SAFETY: the slot of a class's base is a borrowed reference to it; hidden classes have one.
    unsafe {
        let base = ffi::PyType_GetSlot(class.as_type_ptr(), ffi::Py_tp_base);
        PyType::from_borrowed_type_ptr(py, base.cast())
    }
}

unsafe extern "C" fn compare_classes(
    one: *mut ffi::PyObject,
    other: *mut ffi::PyObject,
    operation: c_int,
) -> *mut ffi::PyObject {
    guarded(std::ptr::null_mut(), |py, _| {
        // SAFETY: CPython passes live objects.
        let (one, other) =
            unsafe { (Bound::from_borrowed_ptr(py, one), Bound::from_borrowed_ptr(py, other)) };
        let same = match (one.cast::<PyType>(), other.cast::<PyType>()) {
            (Ok(one), Ok(other)) => exact_class(one).is(exact_class(other)),
            _ => false,
        };
        Ok(match operation {
            ffi::Py_EQ => same.into_pyobject(py)?.to_owned().into_any().into_ptr(),
            ffi::Py_NE => (!same).into_pyobject(py)?.to_owned().into_any().into_ptr(),
            _ => py.NotImplemented().into_ptr(),
        })
    })
}

/// `isinstance(node, type(untouched))` means the class itself.
unsafe extern "C" fn is_instance(
    class: *mut ffi::PyObject,
    object: *mut ffi::PyObject,
) -> *mut ffi::PyObject {
    guarded(std::ptr::null_mut(), |py, _| {
        // SAFETY: CPython passes live objects.
        let (class, object) =
            unsafe { (Bound::from_borrowed_ptr(py, class), Bound::from_borrowed_ptr(py, object)) };
        let found = object.is_instance(exact_class(class.cast::<PyType>()?).as_any())?;
        Ok(PyBool::new(py, found).to_owned().into_any().into_ptr())
    })
}

/// `issubclass(class, type(untouched))` means the class itself.
unsafe extern "C" fn is_subclass(class: *mut ffi::PyObject, other: *mut ffi::PyObject) -> *mut ffi::PyObject {
    guarded(std::ptr::null_mut(), |py, _| {
        // SAFETY: CPython passes live objects.
        let (class, other) =
            unsafe { (Bound::from_borrowed_ptr(py, class), Bound::from_borrowed_ptr(py, other)) };
        let class = exact_class(class.cast::<PyType>()?);
        // SAFETY: live objects; the result is negative with an exception set.
        match unsafe { ffi::PyObject_IsSubclass(other.as_ptr(), class.as_ptr()) } {
            -1 => Err(PyErr::fetch(py)),
            found => Ok(PyBool::new(py, found != 0).to_owned().into_any().into_ptr()),
        }
    })
}

unsafe extern "C" fn hash_class(class: *mut ffi::PyObject) -> ffi::Py_hash_t {
    guarded(-1, |py, _| {
        // SAFETY: CPython passes a live object.
        let class = unsafe { Bound::from_borrowed_ptr(py, class) };
        exact_class(class.cast::<PyType>()?).hash()
    })
}
