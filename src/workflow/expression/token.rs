//! An expression cut into tokens.

use super::Value;

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    /// A text, number, truth or null written out.
    Value(Value),
    /// A name.
    Word(String),
    /// Anything else that means something.
    Sign(&'static str),
}

/// Longer ones first.
const SIGNS: [&str; 16] =
    ["&&", "||", "==", "!=", "<=", ">=", "<", ">", "!", "(", ")", "[", "]", ".", ",", "*"];

/// The tokens of a text; none when something in it belongs to none.
pub(super) fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, length) = match first {
            '\'' => quoted(rest)?,
            'a'..='z' | 'A'..='Z' | '_' => word(rest),
            '0'..='9' | '+' | '-' => number(rest)?,
            _ => {
                let sign = SIGNS.into_iter().find(|sign| rest.starts_with(sign))?;
                (Token::Sign(sign), sign.len())
            }
        };
        tokens.push(token);
        rest = rest[length..].trim_start();
    }
    Some(tokens)
}

/// A text in quotes; two quotes inside stand for one.
fn quoted(text: &str) -> Option<(Token, usize)> {
    let mut value = String::new();
    let mut chars = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if c != '\'' {
            value.push(c);
        } else if chars.next_if(|(_, next)| *next == '\'').is_some() {
            value.push('\'');
        } else {
            return Some((Token::Value(Value::Text(value)), at + 1));
        }
    }
    None
}

fn word(text: &str) -> (Token, usize) {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let length = text.find(|c| !is_part(c)).unwrap_or(text.len());
    let word = &text[..length];
    let token = match word {
        "true" => Token::Value(Value::Bool(true)),
        "false" => Token::Value(Value::Bool(false)),
        "null" => Token::Value(Value::Null),
        _ => Token::Word(word.to_owned()),
    };
    (token, length)
}

fn number(text: &str) -> Option<(Token, usize)> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '+' | '-');
    let length = text.find(|c| !is_part(c)).unwrap_or(text.len());
    let value = match text[..length].strip_prefix("0x") {
        Some(digits) => u32::from_str_radix(digits, 16).ok()?.into(),
        None => text[..length].parse().ok()?,
    };
    Some((Token::Value(Value::Number(value)), length))
}
