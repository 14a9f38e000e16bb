//! The modules of a crate, and which file a path leads to.
//!
//! Paths are resolved as the compiler does, as far as the sources alone tell: `crate`, `self` and `super`, modules,
//! imports (re-exports are followed to the file that defines the item) and globs. What is left, such as names from
//! other crates, leads nowhere.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Item, UseTree, Visibility};

use super::{is_test, parsed};

/// Names from the crate's root, or as they are written in a file.
type Names = Vec<String>;

/// Imports that lead to imports are followed this far, since they can go round.
const MAX_STEPS: usize = 16;

#[derive(Default)]
struct Module {
    file: PathBuf,
    items: BTreeSet<String>,
    /// What a name stands for here, by `use`.
    imports: BTreeMap<String, Names>,
    globs: Vec<Names>,
    /// Paths in the code and in private imports. Public imports are no use of what they pass on.
    uses: BTreeSet<Names>,
}

/// Where a path leads.
enum Target {
    Module(Names),
    /// Something that this file defines.
    Item(PathBuf),
}

/// The modules of one crate, by their names from its root.
#[derive(Default)]
pub(super) struct Modules(BTreeMap<Names, Module>);

impl Modules {
    /// Adds a source file of the crate, whose path is given from the crate's `src`.
    pub(super) fn add(&mut self, file: &Path, in_src: &Path) {
        let mut names: Names =
            in_src.with_extension("").iter().map(|part| part.to_string_lossy().into_owned()).collect();
        if matches!(names.last().map(String::as_str), Some("mod" | "lib" | "main")) {
            names.pop();
        }
        self.add_items(names, file, &parsed(file).items);
    }

    fn add_items(&mut self, names: Names, file: &Path, items: &[Item]) {
        let mut module = Module { file: file.to_owned(), ..Module::default() };
        for item in items {
            if let Item::Mod(inner) = item {
                if let (Some((_, items)), false) = (&inner.content, is_test(&inner.attrs)) {
                    let names = names.iter().cloned().chain([inner.ident.to_string()]).collect();
                    self.add_items(names, file, items);
                }
            } else {
                module.items.extend(defined(item));
                module.visit_item(item);
            }
        }
        self.0.insert(names, module);
    }

    /// For each file the files that it uses, and by which paths.
    pub(super) fn edges(&self) -> BTreeMap<PathBuf, BTreeMap<PathBuf, BTreeSet<String>>> {
        let mut edges: BTreeMap<PathBuf, BTreeMap<PathBuf, BTreeSet<String>>> = BTreeMap::new();
        for (names, module) in &self.0 {
            for path in &module.uses {
                if let Some(Target::Item(file)) = self.resolve(names, path, MAX_STEPS)
                    && file != module.file
                {
                    let to = edges.entry(module.file.clone()).or_default().entry(file).or_default();
                    to.insert(path.join("::"));
                }
            }
        }
        edges
    }

    fn resolve(&self, from: &Names, path: &[String], steps: usize) -> Option<Target> {
        let (first, mut rest) = path.split_first()?;
        let mut target = match first.as_str() {
            "crate" => Target::Module(Names::new()),
            "self" => Target::Module(from.clone()),
            "super" => {
                let mut names = from.clone();
                names.pop()?;
                while let Some((next, after)) = rest.split_first()
                    && next == "super"
                {
                    names.pop()?;
                    rest = after;
                }
                Target::Module(names)
            }
            name => self.find(from, name, steps)?,
        };
        for name in rest {
            let Target::Module(module) = &target else { break };
            target = match self.find(module, name, steps) {
                Some(found) => found,
                // A macro defines it, perhaps.
                None => Target::Item(self.0.get(module)?.file.clone()),
            };
        }
        Some(target)
    }

    /// What a name means inside of a module.
    fn find(&self, names: &Names, name: &str, steps: usize) -> Option<Target> {
        let steps = steps.checked_sub(1)?;
        let module = self.0.get(names)?;
        let child = names.iter().cloned().chain([name.to_owned()]).collect();
        if self.0.contains_key(&child) {
            return Some(Target::Module(child));
        }
        if module.items.contains(name) {
            return Some(Target::Item(module.file.clone()));
        }
        if let Some(path) = module.imports.get(name) {
            // `use name::...` inside of a module of that name would go round.
            return self.resolve(names, path, steps);
        }
        module.globs.iter().find_map(|path| match self.resolve(names, path, steps)? {
            Target::Module(glob) => self.find(&glob, name, steps),
            Target::Item(_) => None,
        })
    }
}

/// The names that an item gives to the module that it stands in.
fn defined(item: &Item) -> Option<String> {
    let name = match item {
        Item::Const(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::Fn(item) => &item.sig.ident,
        Item::Macro(item) => item.ident.as_ref()?,
        Item::Static(item) => &item.ident,
        Item::Struct(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::TraitAlias(item) => &item.ident,
        Item::Type(item) => &item.ident,
        Item::Union(item) => &item.ident,
        _ => return None,
    };
    Some(name.to_string())
}

impl Module {
    fn import(&mut self, tree: &UseTree, mut before: Names, is_public: bool) {
        match tree {
            UseTree::Path(path) => {
                before.push(path.ident.to_string());
                self.import(&path.tree, before, is_public);
            }
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.import(tree, before.clone(), is_public);
                }
            }
            UseTree::Glob(_) => self.globs.push(before),
            UseTree::Name(name) => {
                self.bind(name.ident.to_string(), before, name.ident.to_string(), is_public)
            }
            UseTree::Rename(rename) => {
                self.bind(rename.ident.to_string(), before, rename.rename.to_string(), is_public);
            }
        }
    }

    fn bind(&mut self, name: String, mut path: Names, alias: String, is_public: bool) {
        let alias = if alias == "self" { path.last().cloned().unwrap_or_default() } else { alias };
        if name != "self" {
            path.push(name);
        }
        if path.len() == 1 && path[0] == alias {
            return;
        }
        if !is_public {
            self.uses.insert(path.clone());
        }
        self.imports.insert(alias, path);
    }

    /// Takes whatever looks like a path in the arguments of a macro.
    fn tokens(&mut self, tokens: TokenStream) {
        let mut path = Names::new();
        let mut colons = 0;
        for token in tokens {
            match token {
                TokenTree::Ident(name) => {
                    if colons != 2 {
                        self.uses.insert(std::mem::take(&mut path));
                    }
                    path.push(name.to_string());
                    colons = 0;
                }
                TokenTree::Punct(punct) if punct.as_char() == ':' => colons += 1,
                TokenTree::Group(group) => {
                    self.uses.insert(std::mem::take(&mut path));
                    self.tokens(group.stream());
                }
                _ => {
                    self.uses.insert(std::mem::take(&mut path));
                    colons = 0;
                }
            }
        }
        self.uses.insert(path);
        self.uses.remove(&Names::new());
    }
}

impl<'ast> Visit<'ast> for Module {
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        if !is_test(&item.attrs) {
            self.import(&item.tree, Names::new(), !matches!(item.vis, Visibility::Inherited));
        }
    }

    fn visit_item_mod(&mut self, _: &'ast syn::ItemMod) {}

    fn visit_visibility(&mut self, _: &'ast Visibility) {}

    fn visit_attribute(&mut self, _: &'ast syn::Attribute) {}

    fn visit_path(&mut self, path: &'ast syn::Path) {
        if path.leading_colon.is_none() {
            self.uses.insert(path.segments.iter().map(|segment| segment.ident.to_string()).collect());
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        visit::visit_macro(self, call);
        self.tokens(call.tokens.clone());
    }
}
