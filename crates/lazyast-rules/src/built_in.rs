//! The rules that come with lazyast. They are written as rules of users are, in `rules/`.

use std::path::Path;

use crate::error::RuleError;
use crate::read::{LocatedRule, RuleFile};

/// The files, each with the rules of one category.
const FILES: [(&str, &str); 3] = [
    ("built-in/bugs.yaml", include_str!("../rules/bugs.yaml")),
    ("built-in/modernisation.yaml", include_str!("../rules/modernisation.yaml")),
    ("built-in/security.yaml", include_str!("../rules/security.yaml")),
];

/// All rules that come with lazyast, by their identifiers.
pub(crate) fn rules() -> Result<Vec<LocatedRule>, RuleError> {
    let mut rules = Vec::new();
    for (name, text) in FILES {
        let category = name.trim_start_matches("built-in/").trim_end_matches(".yaml");
        let file = RuleFile { name, directory: Path::new("/"), text };
        for mut rule in file.yaml_rules()? {
            rule.text.category = Some(category.to_owned());
            rules.push(rule);
        }
    }
    rules.sort_by(|one, other| one.text.id.cmp(&other.text.id));
    Ok(rules)
}
