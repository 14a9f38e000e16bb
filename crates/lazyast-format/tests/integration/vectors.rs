use std::collections::BTreeSet;

use lazyast_format::encoding::{NameInAnyContext, PayloadLayout};
use lazyast_format::read::TargetPython;
use lazyast_format::verify::{Rule, verify, violations};
use lazyast_format::{Kind, Tree};

use crate::archives;

#[test]
fn valid_archives_violate_no_rule() {
    for (name, archive) in archives("valid").into_iter().chain(archives("built")) {
        assert_eq!(violations(&archive, 10), [], "{name}");
        assert_eq!(verify(&archive), Ok(()), "{name}");
    }
}

#[test]
fn invalid_archives_violate_the_rule_in_their_name_and_no_other() {
    for (name, archive) in archives("invalid") {
        let found = violations(&archive, 1000);
        let rules: BTreeSet<String> = found.iter().map(|error| error.rule.to_string()).collect();
        let expected = name.split('-').next().unwrap().to_owned();
        assert_eq!(rules, BTreeSet::from([expected]), "{name}: {found:#?}");
        assert_eq!(verify(&archive).as_ref(), Err(&found[0]), "{name}");
    }
}

#[test]
fn every_rule_is_violated_by_a_vector() {
    let names: Vec<String> = archives("invalid").into_iter().map(|(name, _)| name).collect();
    for rule in Rule::ALL {
        let is_violated = names.iter().any(|name| name.starts_with(&format!("{rule}-")));
        assert!(is_violated, "no vector violates {rule}: {}", rule.summary());
    }
}

#[test]
fn vectors_have_every_kind_every_payload_and_every_escape() {
    let mut kinds = BTreeSet::new();
    let mut escapes = BTreeSet::new();
    for (_, archive) in archives("valid").into_iter().chain(archives("built")) {
        let tree = Tree::open(&archive, None).unwrap();
        for row in tree.rows() {
            let row = row.unwrap();
            kinds.insert(row.kind);
            if row.subtree_end - row.id > 255 {
                escapes.insert("size");
            }
            if row.end - row.start > 254 {
                escapes.insert("length");
            }
            match row.payload_bits {
                0 => escapes.insert("payload of 0 bytes"),
                1..=0xff => escapes.insert("payload of 1 byte"),
                0x100..=0xffff => escapes.insert("payload of 2 bytes"),
                _ => escapes.insert("payload of 4 bytes"),
            };
        }
        if tree.len() > 64 && tree.line_count() > 64 && tree.name_count() > 64 {
            escapes.insert("blocks");
        }
    }
    let missing: Vec<&Kind> = Kind::ALL.iter().filter(|kind| !kinds.contains(kind)).collect();
    assert!(missing.is_empty(), "{missing:?}");
    let payloads: BTreeSet<String> =
        kinds.iter().map(|kind| format!("{:?}", kind.payload_layout())).collect();
    assert!(payloads.contains(&format!("{:?}", PayloadLayout::Interpolation)));
    let payloads = ["payload of 0 bytes", "payload of 1 byte", "payload of 2 bytes", "payload of 4 bytes"];
    assert_eq!(escapes, BTreeSet::from_iter(payloads.into_iter().chain(["size", "length", "blocks"])));
}

#[test]
fn rows_and_random_access_agree() {
    for (name, archive) in archives("valid") {
        let tree = Tree::open(&archive, None).unwrap();
        for row in tree.rows() {
            let row = row.unwrap();
            assert_eq!(tree.kind(row.id), Ok(row.kind), "{name}: {row:?}");
            assert_eq!(tree.field(row.id), Ok(row.field), "{name}: {row:?}");
            assert_eq!(tree.range(row.id), Ok((row.start, row.end)), "{name}: {row:?}");
            assert_eq!(tree.subtree_end(row.id), row.subtree_end, "{name}: {row:?}");
            assert_eq!(tree.payload_bits(row.id), Ok(row.payload_bits), "{name}: {row:?}");
        }
        for python in [TargetPython::new(11, 7), TargetPython::new(13, 0)] {
            let positions = tree.positions(python).unwrap();
            for id in 0..tree.len() {
                assert_eq!(positions.span(id), tree.span(id, python), "{name}: node {id}, {python:?}");
            }
        }
    }
}

#[test]
fn archives_of_version_1_are_of_another_version() {
    for part in ["../v1/valid", "../v1/built", "../v1/revision-1"] {
        for (name, archive) in archives(part) {
            let found = violations(&archive, 10);
            assert!(found.len() == 1 && found[0].rule == Rule::Version, "{name}: {found:?}");
            assert!(found[0].is_other_version(), "{name}");
        }
    }
}

#[test]
fn another_version_is_not_damage() {
    let mut other = 0;
    for (name, archive) in archives("invalid") {
        let expected = name.starts_with("V02") || name.starts_with("V03");
        assert_eq!(verify(&archive).unwrap_err().is_other_version(), expected, "{name}");
        other += usize::from(expected);
    }
    assert!(other >= 2);
}

#[test]
fn empty_constants_are_for_early_releases_of_3_12() {
    let (_, archive) = archives("built").into_iter().find(|(name, _)| name == "empty_constant_312").unwrap();
    let tree = Tree::open(&archive, None).unwrap();
    let spec = tree.rows().map(Result::unwrap).find(|row| row.field == lazyast_format::Field::FormatSpec);
    let node = tree.node(spec.unwrap().id).unwrap();
    let values = &Kind::JoinedStr.fields()[0];
    for (micro, expected) in [(0, 2), (1, 2), (9, 1)] {
        let value = node.field_value(values, TargetPython::new(12, micro)).unwrap();
        let lazyast_format::read::FieldValue::Nodes(nodes) = value else { panic!("{value:?}") };
        assert_eq!(nodes.len(), expected, "3.12.{micro}");
    }
}

#[test]
fn a_name_is_found_in_all_nodes_that_have_it() {
    let mut searched = 0;
    for (file, archive) in archives("valid").into_iter().chain(archives("built")) {
        let tree = Tree::open(&archive, None).unwrap();
        let rows: Vec<_> = tree.rows().map(Result::unwrap).collect();
        let rows_with_names: Vec<_> =
            rows.iter().filter(|row| row.kind.payload_layout() == PayloadLayout::NameContext).collect();
        for number in 0..tree.name_count() {
            let name = NameInAnyContext::new(number);
            let Some(mut found) = tree.nodes_by_name(name) else {
                assert_eq!(number, 0, "{file}");
                continue;
            };
            found.retain(|node| rows[*node as usize].kind.payload_layout() == PayloadLayout::NameContext);
            let expected: Vec<u32> = rows_with_names
                .iter()
                .filter(|row| name.matches(row.payload_bits))
                .map(|row| row.id)
                .collect();
            assert_eq!(found, expected, "{file}, {number}");
            searched += found.len();
        }
    }
    assert!(searched > 100, "{searched}");
}

#[test]
fn the_search_for_a_name_ends_in_damaged_archives() {
    for (_, archive) in archives("invalid") {
        let Ok(tree) = Tree::open(&archive, None) else { continue };
        for number in 0..1000 {
            let nodes = tree.nodes_by_name(NameInAnyContext::new(number)).unwrap_or_default();
            assert!(
                nodes.is_sorted_by(|one, next| one < next) && nodes.iter().all(|node| *node < tree.len())
            );
        }
    }
}
