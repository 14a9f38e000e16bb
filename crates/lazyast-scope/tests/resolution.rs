//! What names stand for, and who owns them, in small sources. Whole libraries are compared with `symtable` in
//! `tests/scopes`.

use lazyast_format::{Archive, Kind, NodeId, Tree, layout::Buffer};
use lazyast_scope::{DottedName, NameRole, Resolution, TreeNames};

fn archive(source: &str) -> Archive<Buffer> {
    let mut parser = lazyast_parse::Parser::new();
    let bytes = parser.parse(source.as_bytes(), &[0; 32]).expect("the source is valid");
    let mut buffer = Buffer::with_capacity(bytes.len());
    buffer.extend_from_slice(bytes);
    Archive::open(buffer, None).expect("the parser makes valid archives")
}

/// The nodes of a kind whose text is given.
fn nodes_with_text(tree: &Tree<'_>, source: &str, text: &str) -> Vec<NodeId> {
    let kinds = [Kind::Name, Kind::Attribute];
    let is_text = |id: &NodeId| {
        let (start, end) = tree.range(*id).expect("nodes have positions");
        kinds.contains(&tree.kind(*id).expect("kinds are valid"))
            && source.get(start as usize..end as usize) == Some(text)
    };
    (0..tree.len()).filter(is_text).collect()
}

/// What the last occurrence of a text stands for.
fn names_of(source: &str, text: &str) -> Vec<String> {
    let archive = archive(source);
    let tree = archive.tree().expect("the archive is valid");
    let resolution = Resolution::of(&tree, 15).expect("the archive is valid");
    let node = *nodes_with_text(&tree, source, text).last().expect("the source has the text");
    let names = resolution.dotted_names(&tree, node).expect("the archive is valid");
    for name in &names {
        assert!(resolution.stands_for(&tree, node, &DottedName::new(name)).expect("the archive is valid"));
    }
    names
}

#[test]
fn imported_names_stand_for_what_they_import() {
    for (source, text, expected) in [
        ("import requests as r\nr.get(1)\n", "r.get", &["requests.get"][..]),
        ("from requests import get as g\ng(1)\n", "g", &["requests.get"]),
        ("import os.path\nos.path.join(1)\n", "os.path.join", &["os.path.join"]),
        ("import os.path as p\np.join(1)\n", "p.join", &["os.path.join"]),
        ("from .a import b\nb.c\n", "b.c", &[".a.b.c"]),
        ("from .. import a\na\n", "a", &["..a"]),
        (
            "try:\n    import json\nexcept E:\n    import simplejson as json\njson.x\n",
            "json.x",
            &["json.x", "simplejson.x"],
        ),
        ("open(1)\n", "open", &["builtins.open"]),
        ("from os import *\nopen(1)\n", "open", &["builtins.open", "os.open"]),
        ("from a.b import *\njoin(1)\n", "join", &["a.b.join"]),
        ("def f():\n    global r\n    import requests as r\nr.get(1)\n", "r.get", &["requests.get"]),
        (
            "import requests\nclass C:\n    requests = 1\n    def f(self): requests.get\n",
            "requests.get",
            &["requests.get"],
        ),
    ] {
        assert_eq!(names_of(source, text), expected, "{source}");
    }
}

#[test]
fn other_names_stand_for_nothing() {
    for (source, text) in [
        ("import requests\ndef f(requests):\n    requests.get(1)\n", "requests.get"),
        ("import r\nlambda r: r.x\n", "r.x"),
        ("import r\n[r.x for r in y]\n", "r.x"),
        ("class C:\n    import r\n    def f(self): r.x\n", "r.x"),
        ("def open(): pass\nopen(1)\n", "open"),
        ("import r\nr = 1\n", "r"),
        ("f().x\n", "f().x"),
    ] {
        assert_eq!(names_of(source, text), [""; 0], "{source}");
    }
}

/// Names that are plain, and names that are not for every reason there is.
const MIXED: &str = "\
import os, json as j, pickle
from os import path as p, getcwd
from math import *
import a.b.c
def f(j, q=p):
    import pickle as q2
    global os2
    import os as os2
    return os.sep, j.loads, p.join, q2.load, os2.sep, getcwd(), eval(1), sqrt(2)
class C:
    import json
    getcwd = getcwd()
    __x = json.loads
    def g(self): return json.loads, getcwd(), __x, super().g
try:
    import simplejson as j2
except ImportError:
    import json as j2
for pickle in p.join: pickle.load
lambda eval: eval(1)
[exec for exec in (1, exec)]
if (a2 := a.b.c.d): del a2
match a.b:
    case {'x': open, **rest}: open(rest)
    case [*print]: print(print)
with len as len: len
def type[int](x: int, y: str) -> str: return int, str, type
x: dict
dict, list
a.b.c.d, a.x, os.sep, j.loads, j2.loads, getcwd(), ceil, unknown
import __future__, __main__ as __m
__m.x, __future__.annotations
";

#[test]
fn single_names_stand_for_what_the_resolution_says() {
    let archive = archive(MIXED);
    let tree = archive.tree().expect("the archive is valid");
    let resolution = Resolution::of(&tree, 15).expect("the archive is valid");
    let nodes = || (0..tree.len()).filter(|id| matches!(tree.kind(*id), Ok(Kind::Name | Kind::Attribute)));
    let mut dotted: Vec<String> =
        nodes().flat_map(|id| resolution.dotted_names(&tree, id).expect("the archive is valid")).collect();
    dotted.sort();
    dotted.dedup();
    assert!(dotted.len() > 20, "{dotted:?}");
    for name in &dotted {
        let name = DottedName::new(name);
        for id in nodes() {
            // New ones each time: nothing that an earlier question found is used.
            let names = TreeNames::new(15);
            let candidates = names.candidates(&tree, &name).expect("the archive is valid");
            let found = names.stands_for(&tree, id, &name, &candidates.unwrap_or_default());
            assert_eq!(found, resolution.stands_for(&tree, id, &name), "{name:?} {:?}", tree.range(id));
        }
    }
}

#[test]
fn occurrences_are_grouped_by_owner() {
    let source =
        "x = 1\ndef f():\n    def g():\n        nonlocal y\n        y += x\n    y = 2\n    return y\n";
    let archive = archive(source);
    let tree = archive.tree().expect("the archive is valid");
    let resolution = Resolution::of(&tree, 15).expect("the archive is valid");
    let roles = |name: &str| -> Vec<NameRole> {
        let node = nodes_with_text(&tree, source, name)[0];
        let owner = resolution.owner(resolution.occurrences_at(node)[0].symbol).expect("it is a variable");
        resolution.occurrences_of(owner).map(|occurrence| occurrence.role).collect()
    };
    assert_eq!(roles("x"), [NameRole::Assignment, NameRole::Use]);
    assert_eq!(
        roles("y"),
        [NameRole::Declaration, NameRole::AugmentedAssignment, NameRole::Assignment, NameRole::Use]
    );
}

#[test]
fn nothing_recurses() {
    let depth = 90;
    let mut source = String::new();
    for level in 0..depth {
        source.push_str(&" ".repeat(level));
        source.push_str(&format!("def f{level}(a{level}):\n"));
    }
    source.push_str(&" ".repeat(depth));
    source.push_str("return a0, a89, f5, missing\n");
    let archive = archive(&source);
    let tree = archive.tree().expect("the archive is valid");
    let resolution = Resolution::of(&tree, 15).expect("the archive is valid");
    assert_eq!(resolution.scopes().len(), depth + 1);
    let node = nodes_with_text(&tree, &source, "a0")[0];
    let owner = resolution.owner(resolution.occurrences_at(node)[0].symbol).expect("it is a parameter");
    assert_eq!(resolution.scopes()[resolution.symbols()[owner as usize].scope as usize].node, 1);
}
