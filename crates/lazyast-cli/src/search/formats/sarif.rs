//! Hits as results of SARIF.

use std::path::Path;

use serde_json::{Value, json};

use crate::sarif;
use crate::search::located::LocatedHit;

/// The results of one file.
pub(in crate::search) fn results(path: &Path, hits: &[LocatedHit<'_>]) -> Vec<Value> {
    let result = |hit: &LocatedHit<'_>| {
        let mut message = format!("{} matches {}", hit.kind, hit.query.1.trim());
        let mut location = sarif::location(path, hit.start, hit.end, hit.text);
        if let Some(cell) = hit.cell {
            // The lines of the file are those of JSON.
            message += &format!(" in cell {cell}, line {}, column {}", hit.start.line, hit.start.character);
            location["physicalLocation"] = json!({ "artifactLocation": sarif::artifact(path) });
            location["logicalLocations"] = json!([{ "name": format!("cell {cell}") }]);
        }
        json!({
            "ruleId": rule_id(hit.query.1),
            "ruleIndex": hit.query.0,
            "level": "warning",
            "message": { "text": message },
            "locations": [location],
        })
    };
    hits.iter().map(result).collect()
}

/// The queries as rules.
pub(in crate::search) fn rules(queries: &[String]) -> Vec<Value> {
    let rule = |query: &String| json!({ "id": rule_id(query), "shortDescription": { "text": query.trim() } });
    queries.iter().map(rule).collect()
}

/// The identifier of a query's rule: its text, which stays the same from run to run.
fn rule_id(query: &str) -> String {
    query.split_whitespace().collect::<Vec<_>>().join(" ")
}
