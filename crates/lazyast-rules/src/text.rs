//! Rules as they are written in files. All file formats are read into these types, and compiled from them.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{self, Deserialize, Deserializer, MapAccess, Visitor};

use crate::severity::Severity;

/// Defines a type with the keys of a condition, and further keys.
macro_rules! with_condition_keys {
    ($(#[$attribute:meta])* $name:ident { $($(#[$key_attribute:meta])* $key:ident: $type:ty,)* }) => {
        $(#[$attribute])*
        #[derive(Clone, Debug, Default, serde::Deserialize)]
        #[serde(deny_unknown_fields, rename_all = "kebab-case")]
        pub(crate) struct $name {
            $($(#[$key_attribute])* pub(crate) $key: $type,)*
            pub(crate) pattern: Option<String>,
            pub(crate) selector: Option<String>,
            #[serde(default)]
            pub(crate) all: Vec<ConditionText>,
            #[serde(default)]
            pub(crate) any: Vec<ConditionText>,
            pub(crate) not: Option<ConditionText>,
            pub(crate) inside: Option<ConditionText>,
            pub(crate) has: Option<ConditionText>,
            pub(crate) follows: Option<ConditionText>,
            pub(crate) precedes: Option<ConditionText>,
        }

        impl $name {
            /// The keys that are a condition on the node.
            pub(crate) fn condition(&self) -> ConditionKeys<'_> {
                ConditionKeys {
                    pattern: self.pattern.as_deref(),
                    selector: self.selector.as_deref(),
                    all: &self.all,
                    any: &self.any,
                    not: self.not.as_ref(),
                    related: [
                        ("inside", self.inside.as_ref()),
                        ("has", self.has.as_ref()),
                        ("follows", self.follows.as_ref()),
                        ("precedes", self.precedes.as_ref()),
                    ],
                }
            }
        }
    };
}

/// The keys of a condition. All that are given must be fulfilled.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ConditionKeys<'r> {
    pub(crate) pattern: Option<&'r str>,
    pub(crate) selector: Option<&'r str>,
    pub(crate) all: &'r [ConditionText],
    pub(crate) any: &'r [ConditionText],
    pub(crate) not: Option<&'r ConditionText>,
    /// Conditions on other nodes, with their keys.
    pub(crate) related: [(&'static str, Option<&'r ConditionText>); 4],
}

impl ConditionKeys<'_> {
    /// Whether some key says what the node itself is.
    pub(crate) fn is_positive(&self) -> bool {
        self.pattern.is_some() || self.selector.is_some() || !self.all.is_empty() || !self.any.is_empty()
    }

    /// Whether no key is given.
    pub(crate) fn is_empty(&self) -> bool {
        !self.is_positive() && self.not.is_none() && self.related.iter().all(|(_, other)| other.is_none())
    }
}

/// A condition on a node.
#[derive(Clone, Debug)]
pub(crate) enum ConditionText {
    /// A string is a selector.
    Selector(String),
    Keys(Box<NestedCondition>),
}

with_condition_keys! {
    /// A condition inside of another one.
    NestedCondition {}
}

with_condition_keys! {
    /// A condition on what a metavariable captured.
    CaptureKeys {
        /// A regular expression that the text must contain.
        regex: Option<String>,
        /// A regular expression that the text may not contain.
        not_regex: Option<String>,
        /// Another metavariable, which captured the same.
        equals: Option<String>,
        /// Another metavariable, which captured something else.
        differs: Option<String>,
    }
}

/// A condition on what a metavariable captured.
#[derive(Clone, Debug)]
pub(crate) enum CaptureText {
    /// A string is a selector.
    Selector(String),
    Keys(Box<CaptureKeys>),
}

with_condition_keys! {
    /// A rule.
    RuleText {
        id: String,
        message: String,
        #[serde(default)]
        severity: Severity,
        category: Option<String>,
        note: Option<String>,
        url: Option<String>,
        fix: Option<String>,
        #[serde(default)]
        r#where: BTreeMap<String, CaptureText>,
        #[serde(default)]
        literal_names: bool,
        #[serde(default)]
        fold_constants: bool,
        #[serde(default)]
        paths: PathsText,
        #[serde(default)]
        tests: RuleTests,
    }
}

/// The paths that a rule is for, in the syntax of `.gitignore`.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PathsText {
    #[serde(default)]
    pub(crate) include: Vec<String>,
    #[serde(default)]
    pub(crate) exclude: Vec<String>,
}

/// Sources that say what a rule finds.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleTests {
    /// Sources in which the rule finds nothing.
    #[serde(default)]
    pub valid: Vec<String>,
    /// Sources in which the rule finds something.
    #[serde(default)]
    pub invalid: Vec<String>,
}

/// Reads a string or a map. Serde's untagged enums would lose what is wrong in the map.
struct SelectorOrKeys<T>(fn(String) -> T);

impl<'de, T> Visitor<'de> for SelectorOrKeys<T>
where
    T: From<Box<T::Keys>> + HasKeys,
    T::Keys: Deserialize<'de>,
{
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a selector or a map with keys such as pattern")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        Ok((self.0)(text.to_owned()))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::Keys::deserialize(MapAccessDeserializer::new(map)).map(|keys| Box::new(keys).into())
    }
}

/// What can be written as a map.
trait HasKeys {
    type Keys;
}

macro_rules! string_or_keys {
    ($type:ident, $keys:ident) => {
        impl HasKeys for $type {
            type Keys = $keys;
        }

        impl From<Box<$keys>> for $type {
            fn from(keys: Box<$keys>) -> Self {
                Self::Keys(keys)
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_any(SelectorOrKeys(Self::Selector))
            }
        }
    };
}

string_or_keys!(ConditionText, NestedCondition);
string_or_keys!(CaptureText, CaptureKeys);
