//! Values of expressions, compared as GitHub compares them: loosely, and texts without regard to case.

/// A value that is known.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Nothing; an empty text where one is wanted.
    Null,
    /// A truth.
    Bool(bool),
    /// A number.
    Number(f64),
    /// A text.
    Text(String),
}

impl Value {
    /// As it stands in a text.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Null => String::new(),
            Self::Bool(on) => on.to_string(),
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text.clone(),
        }
    }

    /// Whether it counts as true.
    #[must_use]
    pub fn is_true(&self) -> bool {
        match self {
            Self::Null => false,
            Self::Bool(on) => *on,
            Self::Number(number) => *number != 0.0 && !number.is_nan(),
            Self::Text(text) => !text.is_empty(),
        }
    }

    fn number(&self) -> f64 {
        match self {
            Self::Null => 0.0,
            Self::Bool(on) => f64::from(u8::from(*on)),
            Self::Number(number) => *number,
            Self::Text(text) if text.trim().is_empty() => 0.0,
            Self::Text(text) => text.trim().parse().unwrap_or(f64::NAN),
        }
    }

    #[expect(clippy::float_cmp, reason = "GitHub compares numbers so")]
    pub(super) fn equals(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Text(a), Self::Text(b)) => a.to_lowercase() == b.to_lowercase(),
            (Self::Null, Self::Null) => true,
            _ => self.number() == other.number(),
        }
    }

    pub(super) fn is_ordered(&self, sign: &str, other: &Self) -> bool {
        let order = match (self, other) {
            (Self::Text(a), Self::Text(b)) => Some(a.to_lowercase().cmp(&b.to_lowercase())),
            _ => self.number().partial_cmp(&other.number()),
        };
        order.is_some_and(|order| match sign {
            "<" => order.is_lt(),
            "<=" => order.is_le(),
            ">" => order.is_gt(),
            _ => order.is_ge(),
        })
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<bool> for Value {
    fn from(on: bool) -> Self {
        Self::Bool(on)
    }
}

/// What an expression came to.
#[derive(Debug, Clone)]
pub(super) enum Got {
    /// This.
    Value(Value),
    /// Something that counts as this.
    Truth(bool),
    /// It depends on what is not known.
    Unknown,
}

impl Got {
    pub(super) fn truth(&self) -> Option<bool> {
        match self {
            Self::Value(value) => Some(value.is_true()),
            Self::Truth(on) => Some(*on),
            Self::Unknown => None,
        }
    }

    pub(super) fn or(self, other: Self) -> Self {
        match (self.truth(), other.truth()) {
            (Some(true), _) => self,
            (Some(false), _) => other,
            (None, Some(true)) => Self::Truth(true),
            (None, _) => Self::Unknown,
        }
    }

    pub(super) fn and(self, other: Self) -> Self {
        match (self.truth(), other.truth()) {
            (Some(false), _) => self,
            (Some(true), _) => other,
            (None, Some(false)) => Self::Truth(false),
            (None, _) => Self::Unknown,
        }
    }

    pub(super) fn not(self) -> Self {
        self.truth().map_or(Self::Unknown, |on| Self::Value(Value::Bool(!on)))
    }

    pub(super) fn compare(self, other: &Self, by: impl Fn(&Value, &Value) -> bool) -> Self {
        match (&self, other) {
            (Self::Value(a), Self::Value(b)) => Self::Value(Value::Bool(by(a, b))),
            _ => Self::Unknown,
        }
    }
}
