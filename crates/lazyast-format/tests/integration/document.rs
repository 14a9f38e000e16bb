use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use lazyast_format::layout::{HEADER_LEN, ROOT_LEN};
use lazyast_format::schema::Revision;
use lazyast_format::verify::Rule;
use lazyast_format::{FORMAT_VERSION, Kind, SCHEMA_FINGERPRINT};

fn document() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../format-spec/FORMAT.md")).unwrap()
}

/// The cells of the table with a head, by row.
fn table(head: &str) -> Vec<Vec<String>> {
    let document = document();
    let start = document.find(&format!("\n{head}\n")).unwrap_or_else(|| panic!("no table {head}"));
    let rows = document[start + 1..].lines().skip(2).take_while(|line| line.starts_with('|'));
    let cells = |line: &str| {
        let cells: Vec<&str> = line.trim_matches('|').split('|').collect();
        cells.iter().map(|cell| cell.trim().trim_matches('`').to_owned()).collect()
    };
    rows.map(cells).collect()
}

fn number(cell: &str) -> usize {
    cell.parse().unwrap_or_else(|_| panic!("{cell:?} is not a number"))
}

#[test]
fn the_rules_are_those_of_the_code() {
    let written: Vec<Vec<String>> = table("| rule | what |");
    let rules: Vec<Vec<String>> =
        Rule::ALL.iter().map(|rule| vec![rule.to_string(), rule.summary().to_owned()]).collect();
    assert_eq!(written, rules);
}

#[test]
fn the_headers_parts_add_up() {
    let widths = BTreeMap::from([("u8", 1), ("u16", 2), ("u32", 4), ("u64", 8)]);
    let mut end = 0;
    for row in table("| offset | bytes | type | what |") {
        assert_eq!(number(&row[0]), end, "{row:?}");
        let bytes = number(&row[1]);
        assert!(row[2] == "bytes" || widths[row[2].as_str()] == bytes, "{row:?}");
        end += bytes;
    }
    assert_eq!(end, HEADER_LEN);
}

#[test]
fn the_roots_entries_add_up() {
    const ENTRY: usize = 8;
    let types: Vec<String> = table("| type | elements |").into_iter().map(|row| row[0].clone()).collect();
    let (mut end, mut narrow) = (0, 0);
    for row in table("| offset in the root | column | type | code |") {
        assert_eq!(number(&row[0]), end, "{row:?}");
        if row[2].is_empty() {
            break;
        }
        assert!(types.contains(&row[2]), "{row:?}");
        if ["narrow", "runs"].contains(&row[2].as_str()) {
            assert_eq!(number(&row[3]), narrow, "{row:?}");
            narrow += 1;
        }
        end += ENTRY;
    }
    assert_eq!(end, ROOT_LEN);
}

#[test]
fn every_column_and_payload_has_a_paragraph() {
    let document = document();
    for row in table("| offset in the root | column | type | code |") {
        assert!(row[2].is_empty() || document.contains(&format!("**`{}`**", row[1])), "{row:?}");
    }
    let layouts: Vec<String> =
        table("| layout | payload | roles |").into_iter().map(|row| row[0].replace('_', "")).collect();
    for kind in Kind::ALL {
        let layout = format!("{:?}", kind.payload_layout()).to_lowercase();
        assert!(layouts.contains(&layout), "{kind:?} has the payload {layout}");
    }
}

#[test]
fn the_version_is_that_of_the_code() {
    let revision = Revision::CURRENT.number;
    let line = format!(
        "Format version {FORMAT_VERSION}, schema revision {revision} with the fingerprint `{SCHEMA_FINGERPRINT:#018x}`."
    );
    assert!(document().contains(&line), "{line}");
}
