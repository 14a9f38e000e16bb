/* Copies trees that exist: what `run.py` compares `lazyast.materialize` with.
 *
 * A copy needs what every tree of real `ast` nodes needs (an object and a `__dict__` for each node, and the lists), and nothing
 * else: no parser, no archive, no new strings or numbers. The collector is paused, as it is by `materialize`.
 * Written for the stable API of 3.11, so that one build serves all versions.
 */
#define Py_LIMITED_API 0x030B0000
#include <Python.h>

/* A shared instance (a context or an operator) has no fields, and is not copied: CPython's trees share it as well. */
static int is_copied(PyObject *value, PyObject *base) {
    if (!PyType_IsSubtype(Py_TYPE(value), (PyTypeObject *)base)) return 0;
    PyObject *dict = PyObject_GenericGetDict(value, NULL);
    int copied = dict != NULL && PyDict_Size(dict) > 0;
    Py_XDECREF(dict);
    return copied;
}

/* A node with a copy of the `__dict__`, whose children are still those of the original. The dict is pushed. */
static PyObject *shallow_copy(PyObject *node, PyObject *pending) {
    PyObject *copy = PyType_GenericAlloc(Py_TYPE(node), 0);
    PyObject *dict = PyObject_GenericGetDict(node, NULL);
    PyObject *own = dict ? PyDict_Copy(dict) : NULL;
    Py_XDECREF(dict);
    if (!copy || !own || PyObject_GenericSetDict(copy, own, NULL) < 0 || PyList_Append(pending, own) < 0) {
        Py_CLEAR(copy);
    }
    Py_XDECREF(own);
    return copy;
}

static int copy_children(PyObject *dict, PyObject *base, PyObject *pending) {
    PyObject *key, *value;
    Py_ssize_t position = 0;
    while (PyDict_Next(dict, &position, &key, &value)) {
        PyObject *copy;
        if (PyUnicode_CheckExact(value) || PyLong_CheckExact(value) || value == Py_None) {
            continue;
        } else if (PyList_CheckExact(value)) {
            Py_ssize_t length = PyList_Size(value);
            copy = PyList_New(length);
            for (Py_ssize_t index = 0; copy && index < length; index++) {
                PyObject *item = PyList_GetItem(value, index);
                item = is_copied(item, base) ? shallow_copy(item, pending) : Py_NewRef(item);
                if (!item) return -1;
                PyList_SetItem(copy, index, item);
            }
        } else if (is_copied(value, base)) {
            copy = shallow_copy(value, pending);
        } else {
            continue;
        }
        /* Another value for the same key: `PyDict_Next` may go on. */
        if (!copy || PyDict_SetItem(dict, key, copy) < 0) return -1;
        Py_DECREF(copy);
    }
    return 0;
}

static PyObject *clone(PyObject *module, PyObject *args) {
    PyObject *tree, *base;
    if (!PyArg_ParseTuple(args, "OO", &tree, &base)) return NULL;
    PyObject *pending = PyList_New(0);
    if (!pending) return NULL;
    int enabled = PyGC_Disable();
    PyObject *copy = shallow_copy(tree, pending);
    for (Py_ssize_t length = 1; copy && length > 0; length = PyList_Size(pending)) {
        PyObject *dict = Py_NewRef(PyList_GetItem(pending, length - 1));
        int failed = PyList_SetSlice(pending, length - 1, length, NULL) < 0 || copy_children(dict, base, pending) < 0;
        Py_DECREF(dict);
        if (failed) Py_CLEAR(copy);
    }
    if (enabled) PyGC_Enable();
    Py_DECREF(pending);
    return copy;
}

static PyMethodDef methods[] = {{"clone", clone, METH_VARARGS, "Copy a tree; the second argument is `ast.AST`."}, {0}};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "clone", NULL, -1, methods};

PyMODINIT_FUNC PyInit_clone(void) { return PyModule_Create(&module); }
