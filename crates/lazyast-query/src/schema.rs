//! Lookups in the schema by the names that CPython gives to kinds, abstract classes and fields.

use std::sync::LazyLock;

use lazyast_format::schema::{FieldSpec, Role};
use lazyast_format::{Field, Kind, KindSet};

/// The kinds that a name denotes: one kind, or the kinds of an abstract class.
pub(crate) fn kinds_named(name: &str) -> Option<KindSet> {
    let kind = Kind::ALL.iter().find(|kind| kind.name() == name);
    kind.map(|kind| KindSet::from(*kind)).or_else(|| {
        let class = KindSet::of_class(name);
        (!class.is_empty()).then_some(class)
    })
}

/// Every name that [`kinds_named`] accepts.
pub(crate) fn all_kind_names() -> impl Iterator<Item = &'static str> {
    Kind::ALL.iter().flat_map(|kind| [kind.name(), kind.class()])
}

/// The names of a set of kinds. An abstract class stands for its kinds where the set has all of them.
pub(crate) fn kind_names(kinds: KindSet) -> Vec<&'static str> {
    let mut remaining = kinds;
    let mut names = Vec::new();
    for kind in kinds.iter().filter(|kind| kind.class() != kind.name()) {
        let class = KindSet::of_class(kind.class());
        if remaining.contains(kind) && class.and(kinds) == class && class.iter().count() > 1 {
            names.push(kind.class());
            remaining = remaining.iter().filter(|kind| !class.contains(*kind)).collect();
        }
    }
    names.extend(remaining.iter().map(Kind::name));
    names
}

/// Every field that holds nodes: its name and its code.
pub(crate) fn node_fields() -> impl Iterator<Item = (&'static str, Field)> {
    let specs = Kind::ALL.iter().flat_map(|kind| kind.fields());
    specs.filter_map(|spec| Some((spec.name, spec.field?)))
}

/// For each code of a field, whether children of nodes of some kinds stand in it.
pub(crate) fn child_fields(kinds: KindSet) -> [bool; 256] {
    let mut fields = [kinds.is_all(); 256];
    for kind in kinds.iter() {
        for field in kind.fields().iter().filter_map(|spec| spec.field) {
            fields[field as usize] = true;
        }
    }
    // Of constants in `values` that a few releases of Python alone have.
    fields[Field::Values312 as usize] = true;
    fields
}

/// The name of a field that holds nodes.
pub(crate) fn field_name(field: Field) -> &'static str {
    node_fields().find(|(_, of)| *of == field).map_or("(hidden)", |(name, _)| name)
}

/// The field of a kind that has a name.
pub(crate) fn field_of(kind: Kind, name: &str) -> Option<&'static FieldSpec> {
    kind.fields().iter().find(|spec| spec.name == name)
}

/// Whether a field of a kind is a list of nodes.
pub(crate) fn is_list(kind: Kind, field: Field) -> bool {
    type Lists = [[bool; Field::ALL.len()]; Kind::ALL.len()];
    static LISTS: LazyLock<Lists> = LazyLock::new(|| {
        let mut lists = [[false; Field::ALL.len()]; Kind::ALL.len()];
        for kind in Kind::ALL {
            for spec in kind.fields() {
                if let Some(field) = spec.field {
                    lists[*kind as usize][field as usize] = spec.list;
                }
            }
        }
        lists
    });
    LISTS[kind as usize][field as usize]
}

/// Whether a field holds a node or a list of nodes.
pub(crate) fn holds_nodes(spec: &FieldSpec) -> bool {
    matches!(spec.role, Role::Child | Role::Children | Role::Keys | Role::KwDefaults | Role::Values)
}

/// The end of a message about an unknown name: the most similar of the known names, if one is similar enough.
pub(crate) fn suggestion(name: &str, names: impl Iterator<Item = &'static str>) -> String {
    /// Names that differ more than this are no help.
    const MAX_DISTANCE: f64 = 0.3;
    let distance = |known: &str| {
        let same = known.eq_ignore_ascii_case(name);
        if same { 0.0 } else { 1.0 - strsim::jaro_winkler(&known.to_lowercase(), &name.to_lowercase()) }
    };
    let best = names.map(|known| (distance(known), known)).min_by(|one, other| one.0.total_cmp(&other.0));
    match best {
        Some((distance, best)) if distance < MAX_DISTANCE => format!("; did you mean {best}?"),
        _ => String::new(),
    }
}
