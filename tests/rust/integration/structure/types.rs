//! No type name has two meanings.

use std::collections::{BTreeMap, BTreeSet};

use syn::visit::{self, Visit};

use super::{compare, crate_sources, is_test, parsed};

/// Names that each crate defines for itself, as the standard library's modules do.
const EVERYWHERE: [&str; 2] = ["Error", "Result"];

/// Type names that are still defined twice.
const KNOWN: [&str; 0] = [];

#[derive(Default)]
struct Definitions(Vec<String>);

impl<'ast> Visit<'ast> for Definitions {
    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        self.add(&item.attrs, &item.ident);
    }

    fn visit_item_enum(&mut self, item: &'ast syn::ItemEnum) {
        self.add(&item.attrs, &item.ident);
    }

    fn visit_item_union(&mut self, item: &'ast syn::ItemUnion) {
        self.add(&item.attrs, &item.ident);
    }

    fn visit_item_trait(&mut self, item: &'ast syn::ItemTrait) {
        self.add(&item.attrs, &item.ident);
        // Default methods may have types of their own.
        visit::visit_item_trait(self, item);
    }

    fn visit_item_type(&mut self, item: &'ast syn::ItemType) {
        self.add(&item.attrs, &item.ident);
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if !is_test(&item.attrs) {
            visit::visit_item_mod(self, item);
        }
    }
}

impl Definitions {
    fn add(&mut self, attributes: &[syn::Attribute], name: &syn::Ident) {
        if !is_test(attributes) && !EVERYWHERE.iter().any(|exempt| name == exempt) {
            self.0.push(name.to_string());
        }
    }
}

#[test]
fn no_type_name_is_defined_twice() {
    let mut files: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (_, path) in crate_sources() {
        let mut definitions = Definitions::default();
        definitions.visit_file(&parsed(&path));
        for name in definitions.0 {
            files.entry(name).or_default().push(path.display().to_string());
        }
    }
    files.retain(|_, paths| paths.len() > 1);
    for (name, paths) in &files {
        println!("{name}: {}", paths.join(", "));
    }
    let found: BTreeSet<String> = files.into_keys().collect();
    compare(found, KNOWN.map(str::to_owned).into(), "type names that are defined more than once");
}
