//! The JSON schema has the keys that rule files can have.

use std::collections::BTreeSet;

use lazyast_rules::RULE_FILE_SCHEMA;
use serde_json::Value;

use crate::support::{error, rule};

/// The keys that an error about an unknown key lists.
fn keys_of(error: &str) -> BTreeSet<String> {
    let (_, list) = error.split_once("xpected").unwrap_or_else(|| panic!("{error}"));
    let names = list.split(['`', '\'', '"', ',', ' ']).filter(|name| !name.is_empty());
    let is_key = |name: &&str| !["one", "of", "or", "a"].contains(name);
    names.filter(is_key).map(|name| name.trim_end_matches('.').to_owned()).collect()
}

fn properties(schema: &Value) -> BTreeSet<String> {
    schema["properties"].as_object().expect("it is a map").keys().cloned().collect()
}

#[test]
fn the_schema_has_the_keys_of_rule_files() {
    let schema: Value = serde_json::from_str(RULE_FILE_SCHEMA).expect("the schema is JSON");
    let definitions = &schema["$defs"];
    for (keys, definition) in [
        ("zzz: 1", &definitions["rule"]),
        ("any: [{zzz: 1}]", &definitions["condition"]),
        ("pattern: f($X)\nwhere: {X: {zzz: 1}}", &definitions["capture"]),
        ("pattern: f()\npaths: {zzz: 1}", &definitions["rule"]["properties"]["paths"]),
        ("pattern: f()\ntests: {zzz: 1}", &definitions["rule"]["properties"]["tests"]),
    ] {
        let error = error(&rule(keys));
        let mut known = keys_of(&error);
        known.remove("zzz");
        assert_eq!(known, properties(definition), "{error}");
    }
}
