//! A YAML document as a small tree, within bounds: bytes, depth, nodes, and what aliases multiply. Scalars
//! stay as written, so that nothing is guessed about types (`on` is a word here, not a truth). Must not
//! know what a workflow is.

use std::collections::HashMap;
use std::rc::Rc;

use saphyr_parser::{Event, Parser, ScalarStyle, StrInput};

/// The longest text that is read, in bytes.
pub(super) const BYTES: usize = 512 << 10;
/// How deep collections may lie in each other.
const DEPTH: usize = 64;
/// What a document may weigh, aliases counted each time: a node is 1, and each 64 bytes of a scalar are 1.
const WEIGHT: usize = 60_000;

/// A node.
#[derive(Debug, Clone)]
pub(super) enum Node {
    /// A scalar as written, and whether it was written without quotes.
    Scalar(Rc<str>, bool),
    List(Rc<[Node]>),
    /// Pairs in the order of the file. A key that is no scalar is left out.
    Map(Rc<[(Rc<str>, Node)]>),
}

/// Why a text is no document: one sentence without the text itself.
pub(super) type Reason = String;

impl Node {
    /// The scalar's text; none for null and for collections.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Scalar(text, true) if matches!(&**text, "" | "~" | "null" | "Null" | "NULL") => {
                None
            }
            Self::Scalar(text, _) => Some(text),
            _ => None,
        }
    }

    pub(super) fn owned(&self) -> Option<String> {
        self.text().map(str::to_owned)
    }

    /// A truth written without quotes.
    pub(super) fn truth(&self) -> Option<bool> {
        match self {
            Self::Scalar(text, true) if text.eq_ignore_ascii_case("true") => Some(true),
            Self::Scalar(text, true) if text.eq_ignore_ascii_case("false") => Some(false),
            _ => None,
        }
    }

    /// The value of a key of a map.
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        self.pairs().find(|(name, _)| *name == key).map(|(_, value)| value)
    }

    /// The pairs of a map; none of anything else.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (&str, &Self)> {
        let pairs = match self {
            Self::Map(pairs) => &pairs[..],
            _ => &[],
        };
        pairs.iter().map(|(key, value)| (&**key, value))
    }

    /// The items of a list; none of anything else.
    pub(super) fn items(&self) -> &[Self] {
        match self {
            Self::List(items) => items,
            _ => &[],
        }
    }

    /// The texts of a list, or of a scalar that stands for a list of one.
    pub(super) fn texts(&self) -> Vec<String> {
        match self {
            Self::List(items) => items.iter().filter_map(Self::owned).collect(),
            other => other.owned().into_iter().collect(),
        }
    }

    pub(super) fn is_map(&self) -> bool {
        matches!(self, Self::Map(_))
    }
}

/// A collection that is being read.
struct Open {
    anchor: usize,
    weight: usize,
    is_map: bool,
    items: Vec<Node>,
}

impl Open {
    fn close(self) -> Node {
        if !self.is_map {
            return Node::List(self.items.into());
        }
        let mut pairs = Vec::with_capacity(self.items.len() / 2);
        let mut items = self.items.into_iter();
        while let Some((key, value)) = items.next().zip(items.next()) {
            if let Node::Scalar(key, _) = key {
                pairs.push((key, value));
            }
        }
        Node::Map(pairs.into())
    }
}

/// The first document of a text.
pub(super) fn read(text: &str) -> Result<Node, Reason> {
    if text.len() > BYTES {
        return Err(format!("it has more than {} KiB", BYTES >> 10));
    }
    let mut reading = Reading::default();
    let mut parser: Parser<'_, StrInput<'_>> = Parser::new_from_str(text);
    while let Some(next) = parser.next_event() {
        let (event, span) = next.map_err(|error| {
            format!("line {} is not YAML: {}", error.marker().line(), error.info())
        })?;
        let line = span.start.line();
        if let Some(node) = reading.event(event).map_err(|why| format!("line {line}: {why}"))? {
            return Ok(node);
        }
    }
    Err("it is empty".into())
}

#[derive(Default)]
struct Reading {
    open: Vec<Open>,
    anchors: HashMap<usize, (Node, usize)>,
    weight: usize,
}

impl Reading {
    /// Takes one event; the whole document when it ends with it.
    fn event(&mut self, event: Event<'_>) -> Result<Option<Node>, &'static str> {
        match event {
            Event::Scalar(text, style, anchor, _) => {
                let weight = 1 + text.len() / 64;
                let node = Node::Scalar(text.into(), style == ScalarStyle::Plain);
                self.put(node, weight, anchor, true)
            }
            Event::Alias(id) => {
                let (node, weight) =
                    self.anchors.get(&id).cloned().ok_or("an alias names itself")?;
                self.put(node, weight, 0, true)
            }
            Event::SequenceStart(anchor, _) => self.begin(anchor, false),
            Event::MappingStart(anchor, _) => self.begin(anchor, true),
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(open) => {
                    let (weight, anchor) = (open.weight, open.anchor);
                    self.put(open.close(), weight, anchor, false)
                }
                None => Ok(None),
            },
            Event::DocumentEnd => Err("the document is empty"),
            _ => Ok(None),
        }
    }

    fn begin(&mut self, anchor: usize, is_map: bool) -> Result<Option<Node>, &'static str> {
        if self.open.len() >= DEPTH {
            return Err("collections lie too deep in each other");
        }
        self.weigh(1)?;
        self.open.push(Open { anchor, weight: 1, is_map, items: Vec::new() });
        Ok(None)
    }

    fn weigh(&mut self, weight: usize) -> Result<(), &'static str> {
        self.weight += weight;
        if self.weight > WEIGHT { Err("it is too large, aliases counted") } else { Ok(()) }
    }

    fn put(
        &mut self,
        node: Node,
        weight: usize,
        anchor: usize,
        is_new: bool,
    ) -> Result<Option<Node>, &'static str> {
        if is_new {
            self.weigh(weight)?;
        }
        if anchor > 0 {
            self.anchors.insert(anchor, (node.clone(), weight));
        }
        match self.open.last_mut() {
            Some(open) => {
                open.weight += weight;
                open.items.push(node);
                Ok(None)
            }
            None => Ok(Some(node)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_stay_as_written() {
        let node =
            read("on: push\ntrue: 1\n'~': ~\nversion: 1.80\nyes: no\nx: !!str true\n").unwrap();
        let text = |key| node.get(key).and_then(Node::text);
        assert_eq!((text("on"), text("true"), text("~")), (Some("push"), Some("1"), None));
        assert_eq!((text("version"), text("yes")), (Some("1.80"), Some("no")));
    }

    #[test]
    fn an_alias_stands_for_its_anchor() {
        let node = read("a: &x [1, 2]\nb: *x\nc: &s text\nd: *s\n").unwrap();
        assert_eq!(node.get("b").unwrap().texts(), ["1", "2"]);
        assert_eq!(node.get("d").and_then(Node::text), Some("text"));
    }

    #[test]
    fn bombs_are_named_and_not_blown_up() {
        let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for n in 1..30 {
            let alias = format!("*a{}, ", n - 1).repeat(10);
            bomb += &format!("a{n}: &a{n} [{}]\n", alias.trim_end_matches(", "));
        }
        assert!(read(&bomb).unwrap_err().contains("too large, aliases counted"));
        let long = "y".repeat(100_000);
        let texts = format!("a: &a {long}\nb: [{}]\n", "*a, ".repeat(5_000));
        assert!(read(&texts).unwrap_err().contains("too large, aliases counted"));
        let deep = "[".repeat(200_000);
        assert!(read(&deep).is_err());
        let steps = (0..500).fold(String::new(), |text, n| format!("{text}{}k:\n", " ".repeat(n)));
        assert!(read(&steps).unwrap_err().contains("too deep"));
        assert!(read("a: &a [*a]\n").is_err());
        assert!(read(&" ".repeat(BYTES + 1)).unwrap_err().contains("more than 512 KiB"));
    }

    #[test]
    fn garbage_is_an_error_with_its_line() {
        assert!(read("a: b\n\tc: d\n").unwrap_err().starts_with("line "));
        for text in ["", "---\n", "\0", "%YAML 9", "{", "]", "*nobody", "? ? ?", "- - -\n-", "!!!"]
        {
            let _ = read(text);
        }
        assert!(read("").is_err());
    }
}
