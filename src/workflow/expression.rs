//! GitHub's expressions, as far as what is known decides them. What is not known stays unknown: nothing is
//! filled in by guess. Status functions answer as in a run where all goes well.

mod function;
mod token;
mod value;

use token::Token;
use value::Got;

use super::context::Context;

pub use value::Value;

/// How deep parentheses and calls may lie in each other.
const DEPTH: usize = 40;

/// The longest expression that is tried, in bytes.
const LONGEST: usize = 8 << 10;

/// The value of an expression (without `${{ }}`); none when it cannot be told, or is no expression.
#[must_use]
pub fn evaluate(text: &str, context: &Context) -> Option<Value> {
    match got(text, context)? {
        Got::Value(value) => Some(value),
        Got::Truth(_) | Got::Unknown => None,
    }
}

/// Whether a condition holds, written with or without `${{ }}`; none when it cannot be told.
#[must_use]
pub fn verdict(text: &str, context: &Context) -> Option<bool> {
    let text = text.trim();
    let inner = match text.strip_prefix("${{") {
        // two expressions, or one with text around it, make a text
        Some(rest) => rest.strip_suffix("}}").filter(|inner| !inner.contains("${{"))?,
        None if text.contains("${{") => return None,
        None => text,
    };
    got(inner, context)?.truth()
}

/// A text with its `${{ … }}` filled in; none when one of them cannot be told.
#[must_use]
pub fn fill(text: &str, context: &Context) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, tail)) = rest.split_once("${{") {
        let end = close(tail)?;
        out.push_str(before);
        out.push_str(&evaluate(&tail[..end], context)?.text());
        rest = &tail[end + 2..];
    }
    out.push_str(rest);
    Some(out)
}

/// The pieces of a text that are written out, one more than it has expressions.
pub(super) fn literals(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, tail)) = rest.split_once("${{") {
        let Some(end) = close(tail) else { break };
        pieces.push(before);
        rest = &tail[end + 2..];
    }
    pieces.push(rest);
    pieces
}

/// Where the `}}` of an expression is, quotes skipped.
fn close(text: &str) -> Option<usize> {
    let mut quoted = false;
    let bytes = text.as_bytes();
    (0..bytes.len()).find(|&at| {
        quoted ^= bytes[at] == b'\'';
        !quoted && bytes[at..].starts_with(b"}}")
    })
}

fn got(text: &str, context: &Context) -> Option<Got> {
    if text.len() > LONGEST {
        return None;
    }
    let tokens = token::tokens(text)?;
    let mut reader = Reader { tokens: &tokens, context, depth: 0 };
    let got = reader.either()?;
    reader.tokens.is_empty().then_some(got)
}

/// Reads and evaluates in one go. None from any of these: it is no expression.
struct Reader<'a> {
    tokens: &'a [Token],
    context: &'a Context,
    depth: usize,
}

impl Reader<'_> {
    fn next(&mut self) -> Option<&Token> {
        let (first, rest) = self.tokens.split_first()?;
        self.tokens = rest;
        Some(first)
    }

    fn eat(&mut self, sign: &str) -> bool {
        let found = matches!(self.tokens.first(), Some(Token::Sign(found)) if *found == sign);
        if found {
            self.tokens = &self.tokens[1..];
        }
        found
    }

    fn either(&mut self) -> Option<Got> {
        let mut left = self.both()?;
        while self.eat("||") {
            left = left.or(self.both()?);
        }
        Some(left)
    }

    fn both(&mut self) -> Option<Got> {
        let mut left = self.equal()?;
        while self.eat("&&") {
            left = left.and(self.equal()?);
        }
        Some(left)
    }

    fn equal(&mut self) -> Option<Got> {
        let mut left = self.order()?;
        loop {
            if self.eat("==") {
                left = left.compare(&self.order()?, Value::equals);
            } else if self.eat("!=") {
                left = left.compare(&self.order()?, |a, b| !a.equals(b));
            } else {
                return Some(left);
            }
        }
    }

    fn order(&mut self) -> Option<Got> {
        let mut left = self.single()?;
        loop {
            let sign = ["<=", ">=", "<", ">"].into_iter().find(|sign| self.eat(sign));
            let Some(sign) = sign else { return Some(left) };
            left = left.compare(&self.single()?, |a, b| a.is_ordered(sign, b));
        }
    }

    fn single(&mut self) -> Option<Got> {
        self.depth += 1;
        if self.depth > DEPTH {
            return None;
        }
        let got = if self.eat("!") {
            self.single()?.not()
        } else if self.eat("(") {
            let inner = self.either()?;
            self.eat(")").then_some(inner)?
        } else {
            match self.next()?.clone() {
                Token::Value(value) => Got::Value(value),
                Token::Word(word) if self.eat("(") => self.call(&word)?,
                Token::Word(word) => self.path(&word)?,
                Token::Sign(_) => return None,
            }
        };
        self.depth -= 1;
        Some(got)
    }

    fn call(&mut self, name: &str) -> Option<Got> {
        let mut given = Vec::new();
        if !self.eat(")") {
            loop {
                given.push(self.either()?);
                if self.eat(")") {
                    break;
                }
                self.eat(",").then_some(())?;
            }
        }
        let got = function::call(name, &given);
        // `fromJSON(x).y`: of what came out nothing is known
        let tail = self.path("")?;
        Some(if matches!(tail, Got::Unknown) { tail } else { got })
    }

    /// A name with its `.a` and `['a']`; with an empty name, only what follows a call.
    fn path(&mut self, first: &str) -> Option<Got> {
        let after_call = first.is_empty();
        let (mut path, mut exact, mut bare) = (first.to_lowercase(), true, true);
        loop {
            if self.eat(".") {
                match self.next()? {
                    Token::Word(word) => {
                        path.push('.');
                        path.push_str(&word.to_lowercase());
                    }
                    Token::Sign("*") => exact = false,
                    _ => return None,
                }
            } else if self.eat("[") {
                match self.either()? {
                    Got::Value(Value::Text(key)) => {
                        path.push('.');
                        path.push_str(&key.to_lowercase());
                    }
                    _ => exact = false,
                }
                self.eat("]").then_some(())?;
            } else {
                break;
            }
            bare = false;
        }
        Some(match () {
            () if after_call && bare => Got::Value(Value::Null),
            () if after_call || !exact => Got::Unknown,
            () => self.context.get(&path).map_or(Got::Unknown, Got::Value),
        })
    }
}

#[cfg(test)]
mod tests;
