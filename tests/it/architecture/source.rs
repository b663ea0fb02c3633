//! Rust source as the tests of its shape read it: comments and literals blanked, test code marked.

use std::fs;
use std::path::Path;

/// One file.
pub struct Source {
    /// Its path from the package's root, with `/`.
    pub path: String,
    /// Its text.
    pub text: String,
    /// Whether all of it is compiled for tests only.
    pub is_test: bool,
    /// The text with comments and literals blanked, line by line the same.
    code: String,
    /// The same without items under `#[cfg(test)]`.
    product: String,
}

/// Every Rust file below a folder of the package, in the order of their paths.
pub fn sources(folder: &str) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    collect(&root.join(folder), &mut paths);
    paths.sort();
    let mut sources: Vec<Source> = paths
        .iter()
        .map(|path| {
            let text = fs::read_to_string(path).unwrap();
            let code = blank(&text);
            let product = without_tests(&code);
            let path = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
            Source { path, text, is_test: false, code, product }
        })
        .collect();
    let modules: Vec<String> = sources.iter().flat_map(Source::test_modules).collect();
    for source in &mut sources {
        let place = source.path.trim_end_matches(".rs");
        source.is_test = modules
            .iter()
            .any(|module| place == module || source.path.starts_with(&format!("{module}/")));
    }
    sources
}

fn collect(folder: &Path, paths: &mut Vec<std::path::PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, paths);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            paths.push(path);
        }
    }
}

impl Source {
    /// The module of the crate it belongs to.
    pub fn module(&self) -> &str {
        let rest = self.path.trim_start_matches("src/");
        rest.split(['/', '.']).next().unwrap_or_default()
    }

    /// Paths into this crate that it names, absolute, each with its line: by `use`, inline, or by
    /// climbing with `super`.
    pub fn names(&self) -> Vec<(usize, Vec<String>)> {
        let mut names = Vec::new();
        for (at, _) in self.code.match_indices("crate::") {
            let before = self.code[..at].chars().next_back();
            if before.is_none_or(|c| !c.is_alphanumeric() && !matches!(c, '_' | '$')) {
                self.tree(at, &self.code[at + "crate::".len()..], &mut names);
            }
        }
        let inside = self.path.trim_start_matches("src/").trim_end_matches(".rs");
        let own: Vec<&str> = inside.split('/').collect();
        for (at, _) in self.code.match_indices("super::") {
            if self.code[..at].ends_with("super::") {
                continue;
            }
            let mut rest = &self.code[at..];
            let mut up = 0;
            while let Some(further) = rest.strip_prefix("super::") {
                (rest, up) = (further, up + 1);
            }
            // an inline module is a step more, so its paths come out one step too high: harmless
            let mut base: Vec<String> =
                own.iter().take(own.len().saturating_sub(up)).map(|s| (*s).to_owned()).collect();
            base.extend(heads(rest).into_iter().next());
            if !base.is_empty() {
                names.push((self.line(at), base));
            }
        }
        names
    }

    fn tree(&self, at: usize, rest: &str, names: &mut Vec<(usize, Vec<String>)>) {
        for head in heads(rest) {
            let mut path: Vec<String> = head.split("::").map(str::to_owned).collect();
            path.truncate(2);
            names.push((self.line(at), path));
        }
    }

    /// Every line with a word as code, as `path:line: word`; `product` leaves test code out.
    pub fn lines_with(&self, word: &str, product: bool) -> Vec<String> {
        let code = if product { &self.product } else { &self.code };
        let joins = |c: char| c.is_alphanumeric() || c == '_';
        let hits = code.match_indices(word).filter(|(at, _)| {
            let before = code[..*at].chars().next_back();
            let after = code[at + word.len()..].chars().next();
            let open = |c: Option<char>, edge: Option<char>| {
                !(edge.is_some_and(joins) && c.is_some_and(joins))
            };
            open(before, word.chars().next()) && open(after, word.chars().next_back())
        });
        hits.map(|(at, _)| format!("{}:{}: {word}", self.path, self.line(at))).collect()
    }

    fn line(&self, at: usize) -> usize {
        self.code[..at].matches('\n').count() + 1
    }

    /// Places (paths without `.rs`) of modules declared under `#[cfg(test)]`.
    fn test_modules(&self) -> Vec<String> {
        let folder = match self.path.as_str() {
            "src/lib.rs" | "src/main.rs" => "src",
            path => path.trim_end_matches(".rs"),
        };
        let mut names = Vec::new();
        let mut rest = self.code.as_str();
        while let Some((at, length)) = test_attribute(rest) {
            rest = &rest[at + length..];
            let item = rest.trim_start().split([';', '{']).next().unwrap_or_default();
            names
                .extend(item.rsplit("mod ").next().map(|name| format!("{folder}/{}", name.trim())));
        }
        names
    }
}

/// The first two segments of every path of a use tree: `a::b`, `{a::b, c::{d, e}}`.
fn heads(tree: &str) -> Vec<String> {
    let ident = |text: &str| -> String {
        text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
    };
    let Some(inner) = tree.strip_prefix('{') else {
        let first = ident(tree);
        let Some(rest) = tree[first.len()..].strip_prefix("::") else { return vec![first] };
        return heads(rest).iter().map(|second| format!("{first}::{second}")).collect();
    };
    let (mut depth, mut begin, mut found) = (0usize, 0, Vec::new());
    for (at, c) in inner.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => {
                found.extend(heads(inner[begin..at].trim()));
                break;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                found.extend(heads(inner[begin..at].trim()));
                begin = at + 1;
            }
            _ => {}
        }
    }
    found.retain(|head| !head.is_empty());
    found
}

/// Blanks comments, strings and characters; keeps line ends and length.
fn blank(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut i = 0;
    let hide = |out: &mut String, c: char| out.push(if c == '\n' { '\n' } else { ' ' });
    while i < chars.len() {
        let end = literal_end(&chars, i);
        if end > i {
            chars[i..end].iter().for_each(|c| hide(&mut out, *c));
            i = end;
        } else {
            out.push(chars[i]);
            i += 1;
        }
    }
    out
}

/// Where the comment or literal that begins at `i` ends; `i` when none begins there.
fn literal_end(chars: &[char], i: usize) -> usize {
    let starts = |text: &str| text.chars().enumerate().all(|(n, c)| chars.get(i + n) == Some(&c));
    let find = |from: usize, test: &dyn Fn(usize) -> bool| {
        (from..chars.len()).find(|n| test(*n)).unwrap_or(chars.len())
    };
    let joined = i > 0 && (chars[i - 1].is_alphanumeric() || chars[i - 1] == '_');
    if starts("//") {
        return find(i, &|n| chars[n] == '\n');
    }
    if starts("/*") {
        return (find(i + 2, &|n| chars[n] == '/' && chars[n - 1] == '*') + 1).min(chars.len());
    }
    if chars[i] == 'r' && !joined && (starts("r\"") || starts("r#")) {
        let hashes = chars[i + 1..].iter().take_while(|c| **c == '#').count();
        if chars.get(i + 1 + hashes) != Some(&'"') {
            return i;
        }
        let closes =
            |n: usize| chars[n] == '"' && (1..=hashes).all(|h| chars.get(n + h) == Some(&'#'));
        return (find(i + 2 + hashes, &closes) + 1 + hashes).min(chars.len());
    }
    let quote = chars[i];
    let is_char =
        quote == '\'' && (chars.get(i + 1) == Some(&'\\') || chars.get(i + 2) == Some(&'\''));
    if quote != '"' && !is_char {
        return i;
    }
    let mut n = i + 1;
    while n < chars.len() && chars[n] != quote {
        n += if chars[n] == '\\' { 2 } else { 1 };
    }
    (n + 1).min(chars.len())
}

/// Where the next `#[cfg(test)]` or `#[cfg(all(test, …))]` stands, and its length.
fn test_attribute(code: &str) -> Option<(usize, usize)> {
    ["#[cfg(test)]", "#[cfg(all(test,"]
        .iter()
        .filter_map(|attribute| {
            let at = code.find(attribute)?;
            Some((at, code[at..].find(']')? + 1))
        })
        .min()
}

/// Blanks every item under `#[cfg(test)]`.
fn without_tests(code: &str) -> String {
    let mut out = String::with_capacity(code.len());
    let mut rest = code;
    while let Some((at, _)) = test_attribute(rest) {
        out.push_str(&rest[..at]);
        let item = &rest[at..];
        let mut depth = 0usize;
        let end = item
            .char_indices()
            .find(|(_, c)| {
                match c {
                    '{' => depth += 1,
                    '}' => depth = depth.saturating_sub(1),
                    _ => {}
                }
                depth == 0 && matches!(c, '}' | ';')
            })
            .map_or(item.len(), |(at, c)| at + c.len_utf8());
        item[..end].chars().for_each(|c| out.push(if c == '\n' { '\n' } else { ' ' }));
        rest = &item[end..];
    }
    out.push_str(rest);
    out
}
