//! [`Keys`]: a map of YAML whose keys are taken one after the other, so that what is left is unknown.

use serde_json::Value;

use crate::error::KeyError;
use crate::text::{ConditionText, NestedCondition};

/// The keys of a map that were not taken yet.
pub(super) struct Keys<'v> {
    left: Vec<(&'v str, &'v Value)>,
}

impl<'v> Keys<'v> {
    pub(super) fn of(value: &'v Value) -> Result<Self, KeyError> {
        let map = value.as_object().ok_or_else(|| expected("", "a map"))?;
        Ok(Self { left: map.iter().map(|(key, value)| (key.as_str(), value)).collect() })
    }

    pub(super) fn take(&mut self, key: &str) -> Option<&'v Value> {
        let at = self.left.iter().position(|(name, _)| *name == key)?;
        Some(self.left.swap_remove(at).1)
    }

    pub(super) fn text(&mut self, key: &str) -> Result<Option<&'v str>, KeyError> {
        let Some(value) = self.take(key) else { return Ok(None) };
        value.as_str().map(Some).ok_or_else(|| expected(key, "a string"))
    }

    pub(super) fn list(&mut self, key: &str) -> Result<Option<&'v [Value]>, KeyError> {
        let Some(value) = self.take(key) else { return Ok(None) };
        value.as_array().map(|list| Some(&list[..])).ok_or_else(|| expected(key, "a list"))
    }

    /// Strings: a list of them, or one.
    pub(super) fn texts(&mut self, key: &str) -> Result<Vec<String>, KeyError> {
        let Some(value) = self.take(key) else { return Ok(Vec::new()) };
        let texts = match value {
            Value::Array(values) => values.iter().map(Value::as_str).collect::<Option<Vec<_>>>(),
            value => value.as_str().map(|text| vec![text]),
        };
        let texts = texts.ok_or_else(|| expected(key, "a list of strings"))?;
        Ok(texts.into_iter().map(str::to_owned).collect())
    }

    /// Fails for keys that mean something that lazyast does not do, with the reason.
    pub(super) fn reject(&self, reasons: &[(&str, &str)]) -> Result<(), KeyError> {
        for (key, reason) in reasons {
            if self.left.iter().any(|(name, _)| name == key) {
                return Err(KeyError::new(*key, format!("not supported: {reason}")));
            }
        }
        Ok(())
    }

    /// Fails if a key is left.
    pub(super) fn finish(self) -> Result<(), KeyError> {
        match self.left.first() {
            None => Ok(()),
            Some((key, _)) => Err(KeyError::new(*key, "the key is not known")),
        }
    }
}

pub(super) fn expected(key: &str, what: &str) -> KeyError {
    KeyError::new(key, format!("expected {what}"))
}

/// A condition with one key.
pub(super) fn condition(build: impl FnOnce(&mut NestedCondition)) -> ConditionText {
    let mut nested = NestedCondition::default();
    build(&mut nested);
    ConditionText::Keys(Box::new(nested))
}

/// The condition that a pattern matches.
pub(super) fn pattern(text: String) -> ConditionText {
    condition(|nested| nested.pattern = Some(text))
}
